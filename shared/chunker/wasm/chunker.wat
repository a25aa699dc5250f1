;; Finds candidate cut positions. Assembled into chunker-wasm.ts; a test proves that the two agree.
;;
;; Memory: 0 T[256] | 4096 T64[256] | 8192 SipHash key (16) | 8256 the bytes. T and T64 hold 16 bytes an entry: one
;; little-endian 64-bit word for each of the two Toeplitz hashes, which live in the two lanes of $h.
;;
;; Four positions are tried at a time: p and p+1 by SipHash in the two lanes of a vector ($a0..$a3), p+2 ($b0..$b3) and
;; p+3 ($c0..$c3) in scalars. Vector and scalar units work side by side, which is why the three are interleaved line by
;; line; measured, this is 1.8 times as fast as scalars alone. Rounds are loops, not functions: engines do not inline.
(module
  (memory (export "memory") 5)

  ;; The first candidate from $p to $last, as position * 2 + strong, or -1. Positions are addresses: the window of a
  ;; position is the 64 bytes before it. Reads up to 4 bytes past $last.
  (func (export "find") (param $p i32) (param $last i32) (result i32)
    (local $w i32) (local $r i32) (local $value i64) (local $h v128)
    (local $d0 v128) (local $d1 v128) (local $d2 v128) (local $d3 v128)
    (local $ka0 v128) (local $ka1 v128) (local $ka2 v128) (local $ka3 v128)
    (local $k0 i64) (local $k1 i64) (local $k2 i64) (local $k3 i64)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $am v128) (local $an v128) (local $al v128)
    (local $b0 i64) (local $b1 i64) (local $b2 i64) (local $b3 i64) (local $bm i64) (local $bn i64) (local $bl i64)
    (local $c0 i64) (local $c1 i64) (local $c2 i64) (local $c3 i64) (local $cm i64) (local $cn i64) (local $cl i64)

    ;; SipHash initial state
    (local.set $k0 (i64.xor (i64.load offset=8192 (i32.const 0)) (i64.const 0x736f6d6570736575)))
    (local.set $k1 (i64.xor (i64.load offset=8200 (i32.const 0)) (i64.const 0x646f72616e646f6d)))
    (local.set $k2 (i64.xor (i64.load offset=8192 (i32.const 0)) (i64.const 0x6c7967656e657261)))
    (local.set $k3 (i64.xor (i64.load offset=8200 (i32.const 0)) (i64.const 0x7465646279746573)))
    (local.set $ka0 (i64x2.splat (local.get $k0)))
    (local.set $ka1 (i64x2.splat (local.get $k1)))
    (local.set $ka2 (i64x2.splat (local.get $k2)))
    (local.set $ka3 (i64x2.splat (local.get $k3)))

    ;; h = hash of the window of the first position, from zero
    (local.set $w (i32.sub (local.get $p) (i32.const 64)))
    (loop $warm
      (local.set $h (v128.xor
        (v128.xor
          (i64x2.add (local.get $h) (local.get $h))
          (v128.and (i64x2.lt_s (local.get $h) (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))
        (v128.load (i32.shl (i32.load8_u (local.get $w)) (i32.const 4)))))
      (local.set $w (i32.add (local.get $w) (i32.const 1)))
      (br_if $warm (i32.lt_u (local.get $w) (local.get $p))))
    (local.set $w (i32.sub (local.get $p) (i32.const 64)))

    (block $found
      (loop $next
        ;; d0 = h of p+0; h = h * x ^ T[in] ^ T64[out]
        (local.set $d0 (local.get $h))
        (local.set $h (v128.xor
          (v128.xor
            (i64x2.add (local.get $h) (local.get $h))
            (v128.and (i64x2.lt_s (local.get $h) (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))
          (v128.xor
            (v128.load (i32.shl (i32.load8_u offset=0 (local.get $p)) (i32.const 4)))
            (v128.load offset=4096 (i32.shl (i32.load8_u offset=0 (local.get $w)) (i32.const 4))))))
        ;; d1 = h of p+1; h = h * x ^ T[in] ^ T64[out]
        (local.set $d1 (local.get $h))
        (local.set $h (v128.xor
          (v128.xor
            (i64x2.add (local.get $h) (local.get $h))
            (v128.and (i64x2.lt_s (local.get $h) (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))
          (v128.xor
            (v128.load (i32.shl (i32.load8_u offset=1 (local.get $p)) (i32.const 4)))
            (v128.load offset=4096 (i32.shl (i32.load8_u offset=1 (local.get $w)) (i32.const 4))))))
        ;; d2 = h of p+2; h = h * x ^ T[in] ^ T64[out]
        (local.set $d2 (local.get $h))
        (local.set $h (v128.xor
          (v128.xor
            (i64x2.add (local.get $h) (local.get $h))
            (v128.and (i64x2.lt_s (local.get $h) (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))
          (v128.xor
            (v128.load (i32.shl (i32.load8_u offset=2 (local.get $p)) (i32.const 4)))
            (v128.load offset=4096 (i32.shl (i32.load8_u offset=2 (local.get $w)) (i32.const 4))))))
        ;; d3 = h of p+3; h = h * x ^ T[in] ^ T64[out]
        (local.set $d3 (local.get $h))
        (local.set $h (v128.xor
          (v128.xor
            (i64x2.add (local.get $h) (local.get $h))
            (v128.and (i64x2.lt_s (local.get $h) (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))
          (v128.xor
            (v128.load (i32.shl (i32.load8_u offset=3 (local.get $p)) (i32.const 4)))
            (v128.load offset=4096 (i32.shl (i32.load8_u offset=3 (local.get $w)) (i32.const 4))))))

        ;; messages: m the first hash, n the second, l the length block (16 bytes)
        (local.set $am (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $d0) (local.get $d1)))
        (local.set $an (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $d0) (local.get $d1)))
        (local.set $al (v128.const i64x2 0x1000000000000000 0x1000000000000000))
        (local.set $bm (i64x2.extract_lane 0 (local.get $d2)))
        (local.set $bn (i64x2.extract_lane 1 (local.get $d2)))
        (local.set $bl (i64.const 0x1000000000000000))
        (local.set $cm (i64x2.extract_lane 0 (local.get $d3)))
        (local.set $cn (i64x2.extract_lane 1 (local.get $d3)))
        (local.set $cl (i64.const 0x1000000000000000))

        ;; initial state, v3 ^= m
        (local.set $a0 (local.get $ka0))
        (local.set $a1 (local.get $ka1))
        (local.set $a2 (local.get $ka2))
        (local.set $a3 (v128.xor (local.get $ka3) (local.get $am)))
        (local.set $b0 (local.get $k0))
        (local.set $b1 (local.get $k1))
        (local.set $b2 (local.get $k2))
        (local.set $b3 (i64.xor (local.get $k3) (local.get $bm)))
        (local.set $c0 (local.get $k0))
        (local.set $c1 (local.get $k1))
        (local.set $c2 (local.get $k2))
        (local.set $c3 (i64.xor (local.get $k3) (local.get $cm)))

        ;; three blocks: two rounds, v0 ^= m, next block, v3 ^= m
        (local.set $r (i32.const 3))
        (loop $block
          ;; compression, first round
          ;; v0 += v1
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a1)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b1)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c1)))
          ;; v1 <<<= 13
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 13)) (i64x2.shr_u (local.get $a1) (i32.const 51))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 13)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 13)))
          ;; v1 ^= v0
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a0)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b0)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c0)))
          ;; v0 <<<= 32
          (local.set $a0 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a0) (local.get $a0)))
          (local.set $b0 (i64.rotl (local.get $b0) (i64.const 32)))
          (local.set $c0 (i64.rotl (local.get $c0) (i64.const 32)))
          ;; v2 += v3
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a3)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b3)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c3)))
          ;; v3 <<<= 16
          (local.set $a3 (i8x16.shuffle 6 7 0 1 2 3 4 5 14 15 8 9 10 11 12 13 (local.get $a3) (local.get $a3)))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 16)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 16)))
          ;; v3 ^= v2
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a2)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b2)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c2)))
          ;; v0 += v3
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a3)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b3)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c3)))
          ;; v3 <<<= 21
          (local.set $a3
            (v128.or (i64x2.shl (local.get $a3) (i32.const 21)) (i64x2.shr_u (local.get $a3) (i32.const 43))))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 21)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 21)))
          ;; v3 ^= v0
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a0)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b0)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c0)))
          ;; v2 += v1
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a1)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b1)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c1)))
          ;; v1 <<<= 17
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 17)) (i64x2.shr_u (local.get $a1) (i32.const 47))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 17)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 17)))
          ;; v1 ^= v2
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a2)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b2)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c2)))
          ;; v2 <<<= 32
          (local.set $a2 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a2) (local.get $a2)))
          (local.set $b2 (i64.rotl (local.get $b2) (i64.const 32)))
          (local.set $c2 (i64.rotl (local.get $c2) (i64.const 32)))
          ;; compression, second round
          ;; v0 += v1
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a1)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b1)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c1)))
          ;; v1 <<<= 13
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 13)) (i64x2.shr_u (local.get $a1) (i32.const 51))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 13)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 13)))
          ;; v1 ^= v0
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a0)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b0)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c0)))
          ;; v0 <<<= 32
          (local.set $a0 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a0) (local.get $a0)))
          (local.set $b0 (i64.rotl (local.get $b0) (i64.const 32)))
          (local.set $c0 (i64.rotl (local.get $c0) (i64.const 32)))
          ;; v2 += v3
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a3)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b3)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c3)))
          ;; v3 <<<= 16
          (local.set $a3 (i8x16.shuffle 6 7 0 1 2 3 4 5 14 15 8 9 10 11 12 13 (local.get $a3) (local.get $a3)))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 16)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 16)))
          ;; v3 ^= v2
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a2)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b2)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c2)))
          ;; v0 += v3
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a3)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b3)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c3)))
          ;; v3 <<<= 21
          (local.set $a3
            (v128.or (i64x2.shl (local.get $a3) (i32.const 21)) (i64x2.shr_u (local.get $a3) (i32.const 43))))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 21)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 21)))
          ;; v3 ^= v0
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a0)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b0)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c0)))
          ;; v2 += v1
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a1)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b1)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c1)))
          ;; v1 <<<= 17
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 17)) (i64x2.shr_u (local.get $a1) (i32.const 47))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 17)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 17)))
          ;; v1 ^= v2
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a2)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b2)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c2)))
          ;; v2 <<<= 32
          (local.set $a2 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a2) (local.get $a2)))
          (local.set $b2 (i64.rotl (local.get $b2) (i64.const 32)))
          (local.set $c2 (i64.rotl (local.get $c2) (i64.const 32)))
          ;; v0 ^= m
          (local.set $a0 (v128.xor (local.get $a0) (local.get $am)))
          (local.set $b0 (i64.xor (local.get $b0) (local.get $bm)))
          (local.set $c0 (i64.xor (local.get $c0) (local.get $cm)))
          ;; m = n, n = l, l = 0
          (local.set $am (local.get $an)) (local.set $an (local.get $al)) (local.set $al (v128.const i64x2 0 0))
          (local.set $bm (local.get $bn)) (local.set $bn (local.get $bl)) (local.set $bl (i64.const 0))
          (local.set $cm (local.get $cn)) (local.set $cn (local.get $cl)) (local.set $cl (i64.const 0))
          ;; v3 ^= m; after the last block m is 0
          (local.set $a3 (v128.xor (local.get $a3) (local.get $am)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $bm)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $cm)))
          (br_if $block (local.tee $r (i32.sub (local.get $r) (i32.const 1)))))

        ;; v2 ^= 0xff
        (local.set $a2 (v128.xor (local.get $a2) (v128.const i64x2 0xff 0xff)))
        (local.set $b2 (i64.xor (local.get $b2) (i64.const 0xff)))
        (local.set $c2 (i64.xor (local.get $c2) (i64.const 0xff)))
        ;; four rounds
        (local.set $r (i32.const 2))
        (loop $final
          ;; finalisation, first round
          ;; v0 += v1
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a1)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b1)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c1)))
          ;; v1 <<<= 13
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 13)) (i64x2.shr_u (local.get $a1) (i32.const 51))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 13)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 13)))
          ;; v1 ^= v0
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a0)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b0)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c0)))
          ;; v0 <<<= 32
          (local.set $a0 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a0) (local.get $a0)))
          (local.set $b0 (i64.rotl (local.get $b0) (i64.const 32)))
          (local.set $c0 (i64.rotl (local.get $c0) (i64.const 32)))
          ;; v2 += v3
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a3)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b3)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c3)))
          ;; v3 <<<= 16
          (local.set $a3 (i8x16.shuffle 6 7 0 1 2 3 4 5 14 15 8 9 10 11 12 13 (local.get $a3) (local.get $a3)))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 16)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 16)))
          ;; v3 ^= v2
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a2)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b2)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c2)))
          ;; v0 += v3
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a3)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b3)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c3)))
          ;; v3 <<<= 21
          (local.set $a3
            (v128.or (i64x2.shl (local.get $a3) (i32.const 21)) (i64x2.shr_u (local.get $a3) (i32.const 43))))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 21)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 21)))
          ;; v3 ^= v0
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a0)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b0)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c0)))
          ;; v2 += v1
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a1)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b1)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c1)))
          ;; v1 <<<= 17
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 17)) (i64x2.shr_u (local.get $a1) (i32.const 47))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 17)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 17)))
          ;; v1 ^= v2
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a2)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b2)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c2)))
          ;; v2 <<<= 32
          (local.set $a2 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a2) (local.get $a2)))
          (local.set $b2 (i64.rotl (local.get $b2) (i64.const 32)))
          (local.set $c2 (i64.rotl (local.get $c2) (i64.const 32)))
          ;; finalisation, second round
          ;; v0 += v1
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a1)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b1)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c1)))
          ;; v1 <<<= 13
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 13)) (i64x2.shr_u (local.get $a1) (i32.const 51))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 13)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 13)))
          ;; v1 ^= v0
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a0)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b0)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c0)))
          ;; v0 <<<= 32
          (local.set $a0 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a0) (local.get $a0)))
          (local.set $b0 (i64.rotl (local.get $b0) (i64.const 32)))
          (local.set $c0 (i64.rotl (local.get $c0) (i64.const 32)))
          ;; v2 += v3
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a3)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b3)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c3)))
          ;; v3 <<<= 16
          (local.set $a3 (i8x16.shuffle 6 7 0 1 2 3 4 5 14 15 8 9 10 11 12 13 (local.get $a3) (local.get $a3)))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 16)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 16)))
          ;; v3 ^= v2
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a2)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b2)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c2)))
          ;; v0 += v3
          (local.set $a0 (i64x2.add (local.get $a0) (local.get $a3)))
          (local.set $b0 (i64.add (local.get $b0) (local.get $b3)))
          (local.set $c0 (i64.add (local.get $c0) (local.get $c3)))
          ;; v3 <<<= 21
          (local.set $a3
            (v128.or (i64x2.shl (local.get $a3) (i32.const 21)) (i64x2.shr_u (local.get $a3) (i32.const 43))))
          (local.set $b3 (i64.rotl (local.get $b3) (i64.const 21)))
          (local.set $c3 (i64.rotl (local.get $c3) (i64.const 21)))
          ;; v3 ^= v0
          (local.set $a3 (v128.xor (local.get $a3) (local.get $a0)))
          (local.set $b3 (i64.xor (local.get $b3) (local.get $b0)))
          (local.set $c3 (i64.xor (local.get $c3) (local.get $c0)))
          ;; v2 += v1
          (local.set $a2 (i64x2.add (local.get $a2) (local.get $a1)))
          (local.set $b2 (i64.add (local.get $b2) (local.get $b1)))
          (local.set $c2 (i64.add (local.get $c2) (local.get $c1)))
          ;; v1 <<<= 17
          (local.set $a1
            (v128.or (i64x2.shl (local.get $a1) (i32.const 17)) (i64x2.shr_u (local.get $a1) (i32.const 47))))
          (local.set $b1 (i64.rotl (local.get $b1) (i64.const 17)))
          (local.set $c1 (i64.rotl (local.get $c1) (i64.const 17)))
          ;; v1 ^= v2
          (local.set $a1 (v128.xor (local.get $a1) (local.get $a2)))
          (local.set $b1 (i64.xor (local.get $b1) (local.get $b2)))
          (local.set $c1 (i64.xor (local.get $c1) (local.get $c2)))
          ;; v2 <<<= 32
          (local.set $a2 (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $a2) (local.get $a2)))
          (local.set $b2 (i64.rotl (local.get $b2) (i64.const 32)))
          (local.set $c2 (i64.rotl (local.get $c2) (i64.const 32)))
          (br_if $final (local.tee $r (i32.sub (local.get $r) (i32.const 1)))))

        ;; value = v0 ^ v1 ^ v2 ^ v3
        (local.set $a0 (v128.xor (v128.xor (local.get $a0) (local.get $a1)) (v128.xor (local.get $a2) (local.get $a3))))
        (local.set $b0 (i64.xor (i64.xor (local.get $b0) (local.get $b1)) (i64.xor (local.get $b2) (local.get $b3))))
        (local.set $c0 (i64.xor (i64.xor (local.get $c0) (local.get $c1)) (i64.xor (local.get $c2) (local.get $c3))))

        ;; a candidate is a value whose low 19 bits are all zero
        (if (i32.eqz (i64x2.all_true (v128.and (local.get $a0) (v128.const i64x2 0x7ffff 0x7ffff))))
          (then
            (local.set $value (i64x2.extract_lane 0 (local.get $a0)))
            (br_if $found (i64.eqz (i64.and (local.get $value) (i64.const 0x7ffff))))
            (local.set $value (i64x2.extract_lane 1 (local.get $a0)))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (br $found)))
        (local.set $p (i32.add (local.get $p) (i32.const 2)))
        (local.set $value (local.get $b0))
        (br_if $found (i64.eqz (i64.and (local.get $value) (i64.const 0x7ffff))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $value (local.get $c0))
        (br_if $found (i64.eqz (i64.and (local.get $value) (i64.const 0x7ffff))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $w (i32.add (local.get $w) (i32.const 4)))
        (br_if $next (i32.le_u (local.get $p) (local.get $last))))
      (return (i32.const -1)))

    ;; of the four tried together, some may lie beyond the last
    (if (i32.gt_u (local.get $p) (local.get $last)) (then (return (i32.const -1))))
    (i32.or
      (i32.shl (local.get $p) (i32.const 1))
      (i64.eqz (i64.and (local.get $value) (i64.const 0x1fffff))))))
