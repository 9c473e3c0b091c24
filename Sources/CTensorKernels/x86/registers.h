// The vectors of 64 bytes as registers: before this, tk_register is defined, TK_REGISTERS, which make 64
// bytes, and TK_MM(name) for an intrinsic.
#ifndef TK_X86_REGISTERS_H
#define TK_X86_REGISTERS_H

#include "../generic/vectors.h"

typedef union {
  tk_i16 i16;
  tk_i32 i32;
  tk_u8 u8;
  tk_register part[TK_REGISTERS];
} tk_registers;

TK_INLINE int32_t tk_load_i32(const void *x) { return TK_LOAD(int32_t, x); }

TK_INLINE tk_u8 tk_lookup(tk_u8 table, tk_u8 codes) {
  const tk_registers levels = {.u8 = table};
  tk_registers x = {.u8 = codes};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] = TK_MM(shuffle_epi8)(levels.part[i], x.part[i]);
  return x.u8;
}

#endif
