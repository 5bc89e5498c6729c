//! What the derive refuses to compile, and the words it says it with.

#[test]
fn explains_what_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/derive/*.rs");
}
