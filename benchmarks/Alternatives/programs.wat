;; The programs of the suite `alternatives`, as clang -O2 would write them for wasm32.
(module
  (memory (export "memory") 1)

  (func (export "empty") (param $data i32) (result i32)
    (i32.const 1))

  (func (export "fnv1a") (param $data i32) (result i32)
    (local $hash i32) (local $end i32)
    (local.set $hash (i32.const -2128831035))
    (local.set $end (i32.add (local.get $data) (i32.const 1024)))
    (loop $next
      (local.set $hash
        (i32.mul (i32.xor (local.get $hash) (i32.load8_u (local.get $data))) (i32.const 16777619)))
      (br_if $next
        (i32.ne (local.tee $data (i32.add (local.get $data) (i32.const 1))) (local.get $end))))
    (local.get $hash))

  (func (export "be32_sum") (param $data i32) (result i32)
    (local $sum i32) (local $end i32)
    (local.set $end (i32.add (local.get $data) (i32.const 1024)))
    (loop $next
      (local.set $sum
        (i32.add
          (local.get $sum)
          (i32.or
            (i32.or
              (i32.shl (i32.load8_u (local.get $data)) (i32.const 24))
              (i32.shl (i32.load8_u offset=1 (local.get $data)) (i32.const 16)))
            (i32.or
              (i32.shl (i32.load8_u offset=2 (local.get $data)) (i32.const 8))
              (i32.load8_u offset=3 (local.get $data))))))
      (br_if $next
        (i32.ne (local.tee $data (i32.add (local.get $data) (i32.const 4))) (local.get $end))))
    (local.get $sum))

  (func (export "primes") (param $data i32) (result i32)
    (local $limit i32) (local $count i32) (local $candidate i32) (local $divisor i32)
    (local.set $limit (i32.add (i32.const 192) (i32.and (i32.load8_u (local.get $data)) (i32.const 7))))
    (local.set $candidate (i32.const 2))
    (loop $next
      (local.set $divisor (i32.const 2))
      (block $found
        (loop $try
          (br_if $found
            (i32.gt_u (i32.mul (local.get $divisor) (local.get $divisor)) (local.get $candidate)))
          (br_if $found (i32.eqz (i32.rem_u (local.get $candidate) (local.get $divisor))))
          (local.set $divisor (i32.add (local.get $divisor) (i32.const 1)))
          (br $try)))
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.gt_u (i32.mul (local.get $divisor) (local.get $divisor)) (local.get $candidate))))
      (br_if $next
        (i32.lt_u
          (local.tee $candidate (i32.add (local.get $candidate) (i32.const 1)))
          (local.get $limit))))
    (local.get $count)))
