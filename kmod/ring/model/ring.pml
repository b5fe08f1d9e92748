/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.pml - the index protocol of ring.h on a machine that reorders whatever it is allowed to.
 *
 * One producer, one consumer, N slots, positions that run free: full is N apart, empty is equal. A
 * slot is a span of record bytes; what it holds is the sequence number written into it.
 *
 * Reordering is modelled where it can happen, not instruction by instruction:
 *   a store that is not a release may be seen before the accesses that precede it in the program,
 *   a load that is not an acquire may leave accesses that follow it in the program to happen first.
 * Each of the four orders of ring.h's barriers A and B can be taken away alone:
 *   -DNO_A_RELEASE   the head is seen before the record's bytes
 *   -DNO_A_ACQUIRE   the record's bytes are read before the head
 *   -DNO_B_RELEASE   the tail is seen before the last read of the record
 *   -DNO_B_ACQUIRE   the span is written before the tail is read. A CPU does not do this behind a
 *                    branch (stores are not speculated), C's memory model permits it to a compiler
 * With all four there is neither a wrong byte nor a deadlock; without any one of them the checker
 * finds a wrong byte.
 */
#ifndef N
#define N 2
#endif
#ifndef RECORDS
#define RECORDS 5
#endif
#define EMPTY 255

byte slot[N] = EMPTY;
byte head, tail; /* positions as the other end sees them */

active proctype producer()
{
	byte p = 0;
	bool early;

	do
	:: p == RECORDS -> break
	:: else ->
		early = false;
#ifdef NO_B_ACQUIRE
		if
		:: slot[p % N] = p; early = true
		:: skip
		fi;
#endif
		/* wait for room: p + 1 - tail <= N */
		(p - tail < N);
#ifdef NO_A_RELEASE
		if
		:: head = p + 1; slot[p % N] = p
		:: slot[p % N] = p; head = p + 1
		fi;
#else
		if
		:: early
		:: else -> slot[p % N] = p
		fi;
		head = p + 1;
#endif
		p++
	od
}

active proctype consumer()
{
	byte c = 0, got;
	bool early;

	do
	:: c == RECORDS -> break
	:: else ->
		early = false;
#ifdef NO_A_ACQUIRE
		if
		:: got = slot[c % N]; early = true
		:: skip
		fi;
#endif
		/* wait for a record */
		(head != c);
#ifdef NO_B_RELEASE
		if
		:: tail = c + 1; got = slot[c % N]
		:: got = slot[c % N]; tail = c + 1
		fi;
		assert(got == c);
#else
		if
		:: early
		:: else -> got = slot[c % N]
		fi;
		assert(got == c);
		tail = c + 1;
#endif
		c++
	od;
	assert(head == RECORDS && tail == RECORDS)
}
