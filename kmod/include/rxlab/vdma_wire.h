/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vdma_wire.h - the wire: the peripheral that paces vdma's cyclic transfers and lists.
 *
 * A wire joins one MEM_TO_DEV channel to one DEV_TO_MEM channel of vdma. It stands for what a UART,
 * a codec or a NIC is to a real DMA engine: it takes bytes when they are published, gives bytes
 * when there is credit, and interrupts by a policy of its own. A client hands it over as
 * dma_slave_config.peripheral_config before dmaengine_prep_dma_cyclic() or
 * dmaengine_prep_slave_sg(), and finds the calls by symbol_get(vdma_wire_ops), so it loads without
 * vdma too.
 *
 * A list is published, and its room given as credit, by issuing it.
 *
 * All positions are bytes since the wire's epoch began: 64 bits, never wrapped. An offset in a ring
 * of N bytes is the position modulo N.
 */
#ifndef RXLAB_VDMA_WIRE_H
#define RXLAB_VDMA_WIRE_H

#include <linux/dmaengine.h>
#include <linux/types.h>

#include <rxlab/kernel.h>

struct vdma_wire_ops;

/**
 * struct dma_wire - what all wires have in common: vdma's, and what stands for one
 * @ops: its calls
 */
struct dma_wire {
	const struct vdma_wire_ops *ops;
};

/**
 * struct vdma_peripheral - dma_slave_config.peripheral_config of a vdma channel
 * @wire: the wire that paces this channel
 */
struct vdma_peripheral {
	struct dma_wire *wire;
};

/**
 * enum vdma_wire_mode - what happens to bytes for which the receiver has no room
 * @VDMA_WIRE_LOSSLESS: the sender waits (backpressure)
 * @VDMA_WIRE_LOSSY:    whole records, as the framing has them, are dropped and counted; the sender
 *                      never waits
 */
enum vdma_wire_mode { VDMA_WIRE_LOSSLESS, VDMA_WIRE_LOSSY };

#define VDMA_MOST_HEADER 16

/**
 * struct vdma_framing - where in its bytes a peripheral's records begin and end
 *
 * A wire carries bytes. One that drops what finds no room, or offers frames by itself, asks here
 * what a whole record is; nothing else of vdma knows. The calls are made by the engine, once per
 * record, with its channel's lock held and interrupts off.
 *
 * @look:     bytes at a record's beginning that @bytes_of reads
 * @header:   bytes before a record's payload, from @look to VDMA_MOST_HEADER
 * @skip:     @look bytes that are no record: the rest of the ring's turn is to be skipped
 * @bytes_of: bytes of the record that begins at @start, header and padding included; 0: it is @skip
 * @begin:    writes the header of a frame of @length bytes that arrives at @now (ktime_get_ns());
 *            returns bytes of the whole record, likewise
 */
struct vdma_framing {
	u32 look, header;
	const void *skip;
	u64 (*bytes_of)(const void *start);
	u64 (*begin)(void *header, u32 length, u64 now);
};

/* Why the wire interrupts; several at once are possible. */
enum vdma_cause {
	VDMA_WATERMARK = 1 << 0, /* so many bytes arrived since the last notification */
	VDMA_USECS = 1 << 1,     /* so long since the first byte that nobody was told of */
	VDMA_IDLE = 1 << 2,      /* bytes that nobody was told of, and the line has gone silent */
	VDMA_WATCHDOG = 1 << 3,  /* the last interrupt was not answered: it may have been lost */
	/* the position asked for with arm_tx() has left the transmit ring */
	VDMA_TX_SPACE = 1 << 4,
	VDMA_ERROR = 1 << 5,     /* a channel stopped with a transfer error */
};

/**
 * struct vdma_wire_config - what a wire is made with
 * @mode:             see enum vdma_wire_mode
 * @framing:          of what travels; in lossy mode only, else it may be NULL. Lives as long as the
 *                    wire
 * @fifo_bytes:       bytes the wire itself holds, a power of two, 256 to 1 MiB; in lossy mode a
 *                    record must fit
 * @bytes_per_second: the line's rate; 0: as fast as the engine
 * @watermark_bytes:  notify after so many new bytes; 0: never
 * @usecs:            notify so long after the first new byte; 0: never
 * @idle_usecs:       notify when new bytes were followed by silence of this length; 0: never
 * @watchdog_usecs:   raise an interrupt again that was not answered for so long; 0: never
 * @irq_cpu:          CPU that the interrupt is raised on at first; -1: any
 */
struct vdma_wire_config {
	enum vdma_wire_mode mode;
	const struct vdma_framing *framing;
	u32 fifo_bytes;
	u64 bytes_per_second;
	u32 watermark_bytes;
	u32 usecs;
	u32 idle_usecs;
	u32 watchdog_usecs;
	int irq_cpu;
};

/**
 * struct vdma_wire_stats - counters since the wire was made; they survive new epochs
 * @interrupts:       taken by a CPU, by whatever cause (lost ones not, duplicates twice; raised
 *                    while one is on its way they merge, as edges do)
 * @by_watermark:     times it was raised, by cause, and so on
 * @lost:             interrupts swallowed by fault injection
 * @late:             interrupts delayed by fault injection
 * @duplicated:       interrupts doubled by fault injection
 * @tx_bytes:         bytes taken from the transmit ring
 * @rx_bytes:         bytes put into the receive ring
 * @tx_bursts:        bursts that took them; a last partial burst counts as one
 * @rx_bursts:        likewise
 * @tx_starved:       times the engine found nothing published after having moved something
 * @rx_stalled:       times bytes waited in the wire because the receiver gave no credit
 * @dropped_records:  lossy mode: whole records dropped
 * @dropped_bytes:    lossy mode: their bytes
 * @bad_headers:      lossy mode: headers no record can have; what follows is dropped until a new
 *                    epoch
 * @source_records:   records that the wire's own source has offered; those that found no room are
 *                    among @dropped_records
 * @gap_bytes:        bytes published or in flight that a new epoch gave up
 * @epochs:           epochs begun
 * @stalls:           stalls by fault injection
 * @errors:           transfer errors by fault injection
 * @engine_ns:        CPU time the engine spent on moving bytes for this wire; hardware would not
 *                    have spent it
 */
struct vdma_wire_stats {
	u64 interrupts, by_watermark, by_usecs, by_idle, by_watchdog, by_tx_space;
	u64 lost, late, duplicated;
	u64 tx_bytes, rx_bytes, tx_bursts, rx_bursts;
	u64 tx_starved, rx_stalled;
	u64 dropped_records, dropped_bytes, bad_headers, source_records;
	u64 gap_bytes, epochs, stalls, errors;
	u64 engine_ns;
};

/* Counter by counter, while they grow. */
static inline void vdma_wire_stats_read(const struct vdma_wire_stats *from,
					struct vdma_wire_stats *to)
{
	const u64 *counters = (const u64 *)from;
	u64 *copies = (u64 *)to;
	unsigned int i;

	for (i = 0; i < sizeof(*to) / sizeof(u64); i++)
		copies[i] = rxlab_counter(counters[i]);
}

/**
 * struct vdma_wire_ops - the calls of a wire, found by symbol_get(vdma_wire_ops)
 *
 * All but create(), destroy() and new_epoch() may be called in any context, interrupts included.
 *
 * @create:      makes a wire for vdma's channels of the device @chan belongs to. ERR_PTR(-ENODEV)
 *               when that is not vdma, -EINVAL for a config out of range (the kernel log says
 *               which), -ENOMEM.
 * @destroy:     both channels must have been terminated and synchronized, and the interrupt freed.
 * @irq:         number of the wire's interrupt, for request_irq(). Handlers run in hard-IRQ
 *               context.
 * @publish:     bytes before @position are ready in the transmit ring. Ordered as a release: what
 *               was written to the ring before is seen by the engine.
 * @doorbell:    tells the engine to look; moves nothing itself.
 * @consumed:    bytes before @position may be overwritten in the receive ring. The engine stays a
 *               period behind a full ring, so full never looks like empty.
 * @tx_position: bytes that have left the transmit ring; it may be overwritten up to here. Acquire.
 * @rx_position: bytes that have arrived in the receive ring; readable up to here. Acquire: pairs
 *               with the engine's release after the copy, as dma_rmb() does on real hardware.
 * @arm_tx:      one interrupt (VDMA_TX_SPACE) once tx_position is at least @position; at once when
 *               it is already.
 * @causes:      what the interrupts since the last call were for (enum vdma_cause), and clears it.
 *               @raised_ns, where not NULL, gets ktime_get_ns() of the first of them: when its
 *               condition was met, not when a CPU took it. Calling it answers the watchdog.
 * @mask:        no receive notification until unmask(); what arrives is remembered.
 * @unmask:      the receiver has seen all up to @position. true: more is there already and the wire
 *               stays masked, look again; false: unmasked, and the policy counts from @position.
 * @remind:      interrupts (VDMA_USECS) though masked: somebody else receives from now on, who was
 *               not told of what is there.
 * @policy:      from now on notifies by @watermark_bytes and @usecs, as in struct vdma_wire_config.
 *               -EINVAL for a time above a minute.
 * @source:      from now on the wire itself offers frames to the receiver, by turns those of the
 *               list @frames (copied; each a u32 length, then as many bytes), @per_second of them,
 *               @count in all (0: without end), whoever else sends meanwhile and however slow the
 *               receiver is. @per_second 0 ends it. Their headers are the framing's. In process
 *               context. -EINVAL for a list or a rate that makes no sense, or for a wire that is
 *               not lossy; -ENOLINK while nobody receives; -ENOMEM.
 * @new_epoch:   throws away what is in flight and begins at position 0; both channels must have
 *               been terminated and synchronized. @published and @consumed are the client's last
 *               positions (of lists: tx_position() and rx_position()), for the count of the gap. A
 *               mask stays as it is: who polls is not disturbed. Returns the bytes of the gap; in
 *               lossy mode without those that were dropped, with the skip marks in flight.
 * @get_stats:   a copy; the counters are read one by one.
 * @engine_ns:   CPU time the engine spent on a channel's bytes, copies included; 0 for another
 *               engine's channel.
 */
struct vdma_wire_ops {
	struct dma_wire *(*create)(struct dma_chan *chan, const struct vdma_wire_config *config);
	void (*destroy)(struct dma_wire *wire);
	int (*irq)(struct dma_wire *wire);
	void (*publish)(struct dma_wire *wire, u64 position);
	void (*doorbell)(struct dma_wire *wire);
	void (*consumed)(struct dma_wire *wire, u64 position);
	u64 (*tx_position)(struct dma_wire *wire);
	u64 (*rx_position)(struct dma_wire *wire);
	void (*arm_tx)(struct dma_wire *wire, u64 position);
	unsigned int (*causes)(struct dma_wire *wire, u64 *raised_ns);
	void (*mask)(struct dma_wire *wire);
	bool (*unmask)(struct dma_wire *wire, u64 position);
	void (*remind)(struct dma_wire *wire);
	int (*policy)(struct dma_wire *wire, u32 watermark_bytes, u32 usecs);
	int (*source)(struct dma_wire *wire, const void *frames, size_t bytes, u64 per_second,
		      u64 count);
	u64 (*new_epoch)(struct dma_wire *wire, u64 published, u64 consumed);
	void (*get_stats)(struct dma_wire *wire, struct vdma_wire_stats *stats);
	u64 (*engine_ns)(struct dma_chan *chan);
};

/*
 * The one symbol: const struct vdma_wire_ops *ops = vdma_wire_ops(); keep the symbol_get() as long
 * as a wire lives.
 */
const struct vdma_wire_ops *vdma_wire_ops(void);

#endif
