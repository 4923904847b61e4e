//! What fuzzing found in the program, each a test; finds in the scan and in numbers
//! are in `src/checks/`.

mod support;

use support::costs_with;

#[test]
fn empty_cells_beyond_the_header_do_not_move_the_costs_of_the_worst() {
    let args = ["--worst", "1", "--cost", "mse", "--format", "csv"];
    let run = costs_with(&args, "id,y,p\n\"a\",0,0.5,\"\",,,\n");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout, "file,line,id,y,p,quadratic,share\n<stdin>,2,a,0,0.5,0.25,1\n");
}

#[test]
fn a_field_of_a_state_that_nobody_knows_is_shown_without_its_escapes() {
    let state = "{\"costs_state\":2,\"\\u001b[31m\u{7f}\u{202e}\":1}\n";
    let run = costs_with(&["merge"], state);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("unknown field `\\x1b[31m\\x7f\\u{202e}`"), "{}", run.stderr);
    let long = format!("{{\"costs_state\":2,\"{}\":1}}\n", "a".repeat(1 << 20));
    let run = costs_with(&["merge"], &long);
    assert!(run.stderr.len() < 500, "{}", run.stderr.len());
}
