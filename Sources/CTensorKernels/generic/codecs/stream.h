// Stores of decoded values.
#ifndef TK_GENERIC_CODECS_STREAM_H
#define TK_GENERIC_CODECS_STREAM_H

#include "../vectors.h"

/// Stores sixteen values, past the caches where that is asked for and the address allows it.
TK_INLINE void tk_put(float *out, tk_f32 v, int streaming) {
#if __has_builtin(__builtin_nontemporal_store)
  if (streaming && (uintptr_t)out % sizeof(v) == 0) {
    __builtin_nontemporal_store(v, (tk_f32 *)(void *)out);
    return;
  }
#endif
  TK_STORE(out, v);
}

#endif
