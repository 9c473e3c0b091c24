// The codecs of a set, and their table.
#ifndef TK_GENERIC_CODECS_TABLE_H
#define TK_GENERIC_CODECS_TABLE_H

#include "float16.h"

/// Types by their numbers in GGUF files.
enum { TK_TYPE_F16 = 1, TK_TYPE_BF16 = 30 };

static const tk_codec tk_codec_list[] = {
    {TK_TYPE_F16, NULL, tk_decode_f16},
    {TK_TYPE_BF16, NULL, tk_decode_bf16},
};

static const tk_codecs tk_codec_table = {
    tk_codec_list,
    sizeof(tk_codec_list) / sizeof(tk_codec_list[0]),
};

#endif
