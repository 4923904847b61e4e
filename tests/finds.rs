//! What fuzzing found in the program, each a test; finds in the scan and in numbers
//! are in `src/checks.rs`.

mod support;

use support::costs_with;

#[test]
fn empty_cells_beyond_the_header_do_not_move_the_costs_of_the_worst() {
    let args = ["--worst", "1", "--cost", "mse", "--format", "csv"];
    let run = costs_with(&args, "id,y,p\n\"a\",0,0.5,\"\",,,\n");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout, "file,line,id,y,p,quadratic,share\n<stdin>,2,a,0,0.5,0.25,1\n");
}
