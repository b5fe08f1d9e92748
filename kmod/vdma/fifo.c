// SPDX-License-Identifier: GPL-2.0
/* fifo.c - the bytes that the wire holds. All of this runs in the engine, which is one thread. */
#include "vdma.h"

size_t vdma_wire_have(struct vdma_wire *wire)
{
	return wire->fifo_in - wire->fifo_out;
}

size_t vdma_fifo_free(struct vdma_wire *wire)
{
	return wire->config.fifo_bytes - vdma_wire_have(wire);
}

size_t vdma_wire_room(struct vdma_wire *wire)
{
	return wire->config.mode == VDMA_WIRE_LOSSY ? VDMA_CHUNK : vdma_fifo_free(wire);
}

void vdma_fifo_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	size_t at = wire->fifo_in & (wire->config.fifo_bytes - 1);
	size_t first = min(count, (size_t)wire->config.fifo_bytes - at);

	memcpy(wire->fifo + at, bytes, first);
	memcpy(wire->fifo, bytes + first, count - first);
	wire->fifo_in += count;
}

void vdma_wire_get(struct vdma_wire *wire, u8 *bytes, size_t count)
{
	size_t at = wire->fifo_out & (wire->config.fifo_bytes - 1);
	size_t first = min(count, (size_t)wire->config.fifo_bytes - at);

	memcpy(bytes, wire->fifo + at, first);
	memcpy(bytes + first, wire->fifo, count - first);
	wire->fifo_out += count;
}

void vdma_wire_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	wire->rate_bytes += count;
	if (wire->config.mode == VDMA_WIRE_LOSSY)
		vdma_lossy_put(wire, bytes, count);
	else
		vdma_fifo_put(wire, bytes, count);
}
