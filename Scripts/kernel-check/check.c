// Compares a kernel set with what the plain Swift kernels computed, bit for bit.
//
// usage: check <set> <vectors>, where KernelVectorTests.swift wrote the vectors. Exit status 0 when
// all agree, 1 when not, 2 when the set or the file cannot be used.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CTensorCodecs.h"
#include "CTensorKernels.h"

typedef struct {
  uint8_t *data;
  size_t bytes;
} array;

static FILE *file;
static const tk_kernels *kernels;
static const tk_codecs *codecs;
static size_t cases, failures;

static int read_number(uint64_t *number) { return fread(number, sizeof(*number), 1, file) == 1; }

static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 64) / 64 * 64);
  if (!memory) exit(2);
  memset(memory, 0, bytes);
  return memory;
}

static array read_array(void) {
  uint64_t bytes;
  if (!read_number(&bytes)) exit(2);
  array a = {allocate(bytes), bytes};
  if (bytes && fread(a.data, 1, bytes, file) != bytes) exit(2);
  return a;
}

static array copy(array a) {
  array b = {allocate(a.bytes), a.bytes};
  memcpy(b.data, a.data, a.bytes);
  return b;
}

/// Whether two floats are the same bits, or both NaN.
static int same_float(const uint8_t *a, const uint8_t *b) {
  float x, y;
  memcpy(&x, a, 4);
  memcpy(&y, b, 4);
  return memcmp(a, b, 4) == 0 || (x != x && y != y);
}

/// The same for halves and bfloat16s, whose NaNs have all of `exponent` and more.
static int same_short(const uint8_t *a, const uint8_t *b, uint16_t exponent) {
  uint16_t x, y;
  memcpy(&x, a, 2);
  memcpy(&y, b, 2);
  return x == y || ((x & 0x7fff) > exponent && (y & 0x7fff) > exponent);
}

static void expect(int equal, const char *what, const uint64_t *n) {
  cases++;
  if (equal) return;
  if (failures++ < 20) {
    fprintf(stderr, "%s differs:", what);
    for (int i = 0; i < 8; i++) fprintf(stderr, " %llu", (unsigned long long)n[i]);
    fprintf(stderr, "\n");
  }
}

static int same_floats(const void *a, const void *b, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!same_float((const uint8_t *)a + 4 * i, (const uint8_t *)b + 4 * i)) return 0;
  return 1;
}

/// All tokens arranged for a type.
static uint8_t *arrange(const tk_activations *x, uint64_t type, size_t tokens) {
  const tk_arrangement arrangement = kernels->arrangements[type];
  uint8_t *arranged = allocate(tokens * ((x->k + 255) / 256) * arrangement.row_bytes);
  for (size_t t = 0; t < tokens; t++) arrangement.arrange(x, t, tokens, arranged);
  return arranged;
}

/// n: family, k, stride, tokens, panels. In one call, arranged and not, and in calls of 1, 2, 3, ...
/// tokens.
static void check_product(const uint64_t *n) {
  const array panels = read_array(), values = read_array(), codes = read_array(),
              scales = read_array(), sums = read_array(), expected = read_array();
  const size_t k = n[1], stride = n[2], tokens = n[3], count = n[4], columns = 16 * n[4];
  float *out = allocate(tokens * columns * sizeof(float));
  for (size_t part = 0; part <= tokens; part++) {
    const size_t step = part == 0 ? tokens : part;
    memset(out, 0xff, tokens * columns * sizeof(float));
    for (size_t t = 0; t < tokens; t += step) {
      const size_t scale_count = scales.bytes / 4 / tokens;
      const tk_activations x = {(const float *)values.data + t * stride,
                                stride,
                                (const int8_t *)codes.data + t * k,
                                (const float *)scales.data + t * scale_count,
                                (const int16_t *)sums.data + t * (k / 16),
                                k,
                                NULL};
      kernels->matmul[n[0]](panels.data, count, &x, tokens - t < step ? tokens - t : step,
                            out + t * columns, columns);
    }
    expect(same_floats(out, expected.data, tokens * columns), "matmul", n);
  }
  tk_activations x = {(const float *)values.data,
                      stride,
                      (const int8_t *)codes.data,
                      (const float *)scales.data,
                      (const int16_t *)sums.data,
                      k,
                      NULL};
  uint8_t *const arranged = arrange(&x, n[0], tokens);
  x.arranged = arranged;
  memset(out, 0xff, tokens * columns * sizeof(float));
  kernels->matmul[n[0]](panels.data, count, &x, tokens, out, columns);
  expect(same_floats(out, expected.data, tokens * columns), "matmul of arranged tokens", n);
  free(arranged);
  free(out);
  free(panels.data), free(values.data), free(codes.data);
  free(scales.data), free(sums.data), free(expected.data);
}

/// n: block, n.
static void check_quantize(const uint64_t *n) {
  const array x = read_array(), codes = read_array(), scales = read_array(), sums = read_array();
  array c = copy(codes), s = copy(scales), t = copy(sums);
  memset(c.data, 1, c.bytes), memset(s.data, 1, s.bytes), memset(t.data, 1, t.bytes);
  (n[0] == 32 ? kernels->quantize32 : kernels->quantize256)(
      (const float *)x.data, n[1], (int8_t *)c.data, (float *)s.data, (int16_t *)t.data);
  expect(memcmp(c.data, codes.data, c.bytes) == 0 && memcmp(t.data, sums.data, t.bytes) == 0 &&
             same_floats(s.data, scales.data, s.bytes / 4),
         "quantize", n);
  free(x.data), free(codes.data), free(scales.data), free(sums.data);
  free(c.data), free(s.data), free(t.data);
}

/// n: operation, n.
static void check_rows(const uint64_t *n) {
  const array before = read_array(), b = read_array(), c = read_array(), after = read_array(),
              expected = read_array();
  float *a = (float *)before.data, *x = (float *)b.data, *y = (float *)c.data;
  float *out = allocate(expected.bytes);
  switch (n[0]) {
    case 0: kernels->add(a, x, n[1], out); break;
    case 1: kernels->multiply(a, x, n[1], out); break;
    case 2: kernels->add_scaled(a, -1.7f, n[1], out); break;
    case 3: kernels->rms_norm(a, x, n[1], 1e-5f, out); break;
    case 4: kernels->rms_norm(a, NULL, n[1], 1e-5f, out); break;
    case 5: kernels->rope_pairs(a, x, y, n[1]); break;
    case 6: kernels->rope_halves(a, x, y, n[1]); break;
    // Each function without the other branch and with it.
    default:
      if (n[0] >= 7 + 2 * TK_FUNCTION_COUNT) exit(2);
      kernels->functions[(n[0] - 7) / 2](a, n[0] % 2 ? NULL : x, n[1], 1.702f, 2, out);
  }
  expect(same_floats(a, after.data, after.bytes / 4) &&
             same_floats(out, expected.data, expected.bytes / 4),
         "row operation", n);
  free(out), free(before.data), free(b.data), free(c.data), free(after.data), free(expected.data);
}

/// n: element, columns, dim, count, softcap.
static void check_attention(const uint64_t *n) {
  const array q = read_array(), cache = read_array(), ranges = read_array();
  const array scores = read_array(), weights = read_array(), mixed = read_array(),
              merged = read_array(), shares = read_array(), totals = read_array();
  const size_t columns = n[1], dim = n[2], count = n[3];
  float *x = allocate(scores.bytes), *m = allocate(mixed.bytes), *sums = allocate(merged.bytes);
  tk_share *parts = allocate(shares.bytes), *all = allocate(totals.bytes);
  memset(sums, 0, merged.bytes);
  for (size_t c = 0; c < columns; c++) all[c] = (tk_share){-__builtin_inff(), 0};

  memset(x, 0, scores.bytes);
  kernels->scores[n[0]]((const float *)q.data, columns, cache.data, dim, count, x,
                        TK_TILE_POSITIONS);
  expect(same_floats(x, scores.data, scores.bytes / 4), "scores", n);
  kernels->soften(x, TK_TILE_POSITIONS, columns, (const tk_range *)ranges.data, (float)n[4],
                  parts);
  expect(same_floats(x, weights.data, weights.bytes / 4) &&
             same_floats(parts, shares.data, shares.bytes / 4),
         "soften", n);
  kernels->mix[n[0]](x, TK_TILE_POSITIONS, columns, (const tk_range *)ranges.data, cache.data, dim,
                     dim, m);
  expect(same_floats(m, mixed.data, mixed.bytes / 4), "mix", n);
  kernels->merge(sums, all, m, parts, columns, dim);
  for (size_t c = 0; c < columns; c++) parts[c].largest += 0.5f;
  kernels->merge(sums, all, m, parts, columns, dim);
  expect(same_floats(sums, merged.data, merged.bytes / 4) &&
             same_floats(all, totals.data, totals.bytes / 4),
         "merge", n);
  free(x), free(m), free(sums), free(parts), free(all);
  free(q.data), free(cache.data), free(ranges.data), free(scores.data), free(weights.data);
  free(mixed.data), free(merged.data), free(shares.data), free(totals.data);
}

/// n: element, n.
static void check_store(const uint64_t *n) {
  const array x = read_array(), expected = read_array();
  uint8_t *out = allocate(expected.bytes);
  kernels->store[n[0]]((const float *)x.data, n[1], out);
  int equal = 1;
  for (size_t i = 0; i < n[1]; i++) {
    equal &= n[0] == TK_CACHE_F32
                 ? same_float(out + 4 * i, expected.data + 4 * i)
                 : same_short(out + 2 * i, expected.data + 2 * i,
                              n[0] == TK_CACHE_F16 ? 0x7c00 : 0x7f80);
  }
  expect(equal, "store", n);
  free(out), free(x.data), free(expected.data);
}

/// n: codebook. Its points are kept.
static void take_codebook(const uint64_t *n) {
  tk_set_points((uint32_t)n[0], (const int8_t *)read_array().data);
}

static const tk_codec *find_codec(uint64_t type) {
  for (size_t i = 0; i < codecs->count; i++)
    if (codecs->codecs[i].type == type) return &codecs->codecs[i];
  return NULL;
}

/// n: type, blocks, blocks of a row.
static void check_encoding(const uint64_t *n) {
  const array values = read_array(), importance = read_array(), expected = read_array();
  const tk_codec *codec = find_codec(n[0]);
  if (codec && codec->encode) {
    uint8_t *out = allocate(expected.bytes);
    codec->encode((const float *)values.data, n[1],
                  importance.bytes ? (const float *)importance.data : NULL, n[2], out);
    expect(memcmp(out, expected.data, expected.bytes) == 0, "encoding", n);
    free(out);
  }
  free(values.data), free(importance.data), free(expected.data);
}

/// n: type, blocks, streaming.
static void check_decoding(const uint64_t *n) {
  const array bytes = read_array(), expected = read_array();
  const tk_codec *codec = find_codec(n[0]);
  if (codec && codec->decode) {
    float *out = allocate(expected.bytes);
    codec->decode(bytes.data, n[1], (int)n[2], out);
    expect(same_floats(out, expected.data, expected.bytes / 4), "decoding", n);
    free(out);
  }
  free(bytes.data), free(expected.data);
}

static int find(const char *name) {
  for (const tk_kernel_set *set = tk_kernel_sets(); set->name; set++) {
    if (strcmp(name, set->name)) continue;
    kernels = set->kernels(), codecs = set->codecs();
    return 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  file = fopen(arguments[2], "rb");
  if (!find(arguments[1]) || !file) {
    fprintf(stderr, "no such set, or no vectors\n");
    return 2;
  }
  uint64_t kind, n[8];
  while (read_number(&kind)) {
    for (int i = 0; i < 8; i++)
      if (!read_number(&n[i])) return 2;
    switch (kind) {
      case 0: check_product(n); break;
      case 1: check_quantize(n); break;
      case 2: check_rows(n); break;
      case 3: check_attention(n); break;
      case 4: check_store(n); break;
      case 5: take_codebook(n); break;
      case 6: check_encoding(n); break;
      case 7: check_decoding(n); break;
      default: return 2;
    }
  }
  printf("%s: %zu comparisons, %zu differ\n", arguments[1], cases, failures);
  return failures || !cases;
}
