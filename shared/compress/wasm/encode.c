/*
 * Zstandard's compressor at its level 3, for chunks: one memory of a fixed size, one context for its whole life, no
 * allocation. The block compressors of other levels are left out.
 */
#define DEBUGLEVEL 0
#define ZSTD_DISABLE_ASM 1
#define ZSTD_NO_TRACE 1
#define ZSTD_STRIP_ERROR_STRINGS 1
#define ZSTD_EXCLUDE_GREEDY_BLOCK_COMPRESSOR 1
#define ZSTD_EXCLUDE_LAZY_BLOCK_COMPRESSOR 1
#define ZSTD_EXCLUDE_LAZY2_BLOCK_COMPRESSOR 1
#define ZSTD_EXCLUDE_BTLAZY2_BLOCK_COMPRESSOR 1
#define ZSTD_EXCLUDE_BTOPT_BLOCK_COMPRESSOR 1
#define ZSTD_EXCLUDE_BTULTRA_BLOCK_COMPRESSOR 1
#include "common/debug.c"
#include "common/entropy_common.c"
#include "common/error_private.c"
#include "common/fse_decompress.c"
#include "common/xxhash.c"
#include "common/zstd_common.c"
#include "compress/fse_compress.c"
#include "compress/hist.c"
#include "compress/huf_compress.c"
#include "compress/zstd_compress.c"
#include "compress/zstd_compress_literals.c"
#include "compress/zstd_compress_sequences.c"
#include "compress/zstd_compress_superblock.c"
#include "compress/zstd_double_fast.c"
#include "compress/zstd_fast.c"
#include "compress/zstd_lazy.c"
#include "compress/zstd_ldm.c"
#include "compress/zstd_opt.c"
#include "compress/zstd_preSplit.c"
#include "runtime.h"

#define LEVEL 3

static unsigned char input[MAX_CHUNK], output[ZSTD_COMPRESSBOUND(MAX_CHUNK)];
static _Alignas(16) unsigned char workspace[2 << 20];
static ZSTD_CCtx *context;

EXPORT("input") unsigned char *input_at(void) { return input; }
EXPORT("output") unsigned char *output_at(void) { return output; }

/* Bytes written to output for the first `length` of input; 0 when it failed, which a length of a chunk never does. */
EXPORT("compress") size_t compress(size_t length) {
  if (context == NULL) context = ZSTD_initStaticCCtx(workspace, sizeof workspace);
  size_t const written = ZSTD_compressCCtx(context, output, sizeof output, input, length, LEVEL);
  return ZSTD_isError(written) ? 0 : written;
}
