/* Zstandard's decompressor for chunks: one memory of a fixed size, no allocation, and it opens no frame but ours. */
#define DEBUGLEVEL 0
#define ZSTD_DISABLE_ASM 1
#define ZSTD_LEGACY_SUPPORT 0
#define ZSTD_NO_TRACE 1
#define ZSTD_STRIP_ERROR_STRINGS 1
#include "common/debug.c"
#include "common/entropy_common.c"
#include "common/error_private.c"
#include "common/fse_decompress.c"
#include "common/xxhash.c"
#include "common/zstd_common.c"
#include "decompress/huf_decompress.c"
#include "decompress/zstd_ddict.c"
#include "decompress/zstd_decompress.c"
#include "decompress/zstd_decompress_block.c"
#include "runtime.h"

static unsigned char input[MAX_BLOB], output[MAX_CHUNK];
static _Alignas(16) unsigned char workspace[256 << 10];
static ZSTD_DCtx *context;

EXPORT("input") unsigned char *input_at(void) { return input; }
EXPORT("output") unsigned char *output_at(void) { return output; }

/*
 * 1 when the first `length` bytes of input are one frame as docs/format.md wants it, of exactly `expected` bytes, which
 * are in output then. What the header says is checked before anything is written; never more than `expected` are.
 */
EXPORT("decompress") int decompress(size_t length, size_t expected) {
  ZSTD_FrameHeader header;
  if (context == NULL) context = ZSTD_initStaticDCtx(workspace, sizeof workspace);
  return ZSTD_getFrameHeader(&header, input, length) == 0 && header.frameType == ZSTD_frame &&
         header.frameContentSize == expected && header.windowSize <= MAX_WINDOW && header.dictID == 0 &&
         header.checksumFlag == 0 && ZSTD_findFrameCompressedSize(input, length) == length &&
         ZSTD_decompressDCtx(context, output, expected, input, length) == expected;
}
