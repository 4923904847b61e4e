//! Products and sums of integers of a few 64-bit limbs, the lowest first.

/// Returns the full product.
#[inline]
pub fn wide(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// Splits an integer into limbs.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves")]
pub fn limbs(p: u128) -> [u64; 2] {
    [p as u64, (p >> 64) as u64]
}

/// Returns p·m.
#[inline]
pub fn three_limbs(p: u128, m: u64) -> [u64; 3] {
    let [p0, p1] = limbs(p);
    let [low, carry] = limbs(wide(p0, m));
    let [middle, high] = limbs(wide(p1, m) + u128::from(carry));
    [low, middle, high]
}

/// Returns p·q, for p and q below 2¹¹².
#[inline]
pub fn four_limbs(p: u128, q: u128) -> [u64; 4] {
    let ([p0, p1], [q0, q1]) = (limbs(p), limbs(q));
    let [lowest, carry] = limbs(wide(p0, q0));
    // p1 and q1 are below 2⁴⁸, so each product is below 2¹¹² and the sum does not overflow.
    let [low, carry] = limbs(wide(p0, q1) + wide(p1, q0) + u128::from(carry));
    let [high, highest] = limbs(wide(p1, q1) + u128::from(carry));
    [lowest, low, high, highest]
}

/// Multiplies integers of any number of limbs. The product must be 0 before, and have as many limbs
/// as both together.
#[inline]
pub fn multiply(a: &[u64], b: &[u64], product: &mut [u64]) {
    for (start, &a) in a.iter().enumerate() {
        let mut carry = 0;
        for (index, &b) in b.iter().enumerate() {
            let sum = wide(a, b) + u128::from(product[start + index]) + u128::from(carry);
            [product[start + index], carry] = limbs(sum);
        }
        product[start + b.len()] = carry;
    }
}

/// Subtracts in place, and returns the borrow: whether the result is below 0.
#[inline]
pub fn subtract<const L: usize>(limbs: &mut [u64; L], others: &[u64; L]) -> bool {
    let mut borrow = false;
    for (limb, &other) in limbs.iter_mut().zip(others) {
        let (partial, one) = limb.overflowing_sub(other);
        let (difference, another) = partial.overflowing_sub(u64::from(borrow));
        (*limb, borrow) = (difference, one | another);
    }
    borrow
}

/// Returns a + b + carry modulo 2⁶⁴, and the carry of that sum.
#[inline]
pub fn carrying_add(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (partial, one) = a.overflowing_add(b);
    let (sum, other) = partial.overflowing_add(u64::from(carry));
    (sum, one | other)
}
