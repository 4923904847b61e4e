//! States: what was scored, as text that one machine writes (`--format state`) and another
//! merges.
//!
//! A state is a line of JSON that holds, for one group or one cluster of it, all that its
//! statistics are made of, and the options that states must agree on to be merged:
//!
//! ```json
//! {"costs_state":2,"scoring":{"groups_by_file":false,"costs":["quadratic"],
//! "activation":null,"gradients":false,"clip":null,"number_of_worst_instances":null},
//! "header":{"models":["yhat"],"given":"yhat","y":"y","positive":null,"negative":[],
//! "weight":null,"by":[],"names":[]},"labels":null,"group":{"file":null,"values":[]},
//! "tally":{"n":2,"skipped":0,"marked":[0],"labels":["1p0","1p0"],
//! "columns":[{"infinite":0,"infinite_weight":"0p0","sums":["cp-4","cp-4","1p-1"]}],"pairs":[]},"worst":[],"crc32":"0a1b2c3d"}
//! ```
//!
//! | field | |
//! |---|---|
//! | `costs_state` | the version of this format |
//! | `scoring` | what was asked for ([`Scoring`]); equal in all states that are merged |
//! | `header` | the names of the columns, including those of clusters, a baseline and classes, if any; equal in all states, or null without input |
//! | `labels` | with `--positive`: whether that label occurs, and the bytes of the other one; else null |
//! | `group` | the file, if results are by file; the cells of the columns of `--by`; with `--cluster-col`, the cell of the cluster; null without rows |
//! | `tally` | exact sums ([`tally::State`]) over the columns of each model's costs, each followed by its gradient's magnitude with `--gradient`; null without a group. With `--calibration`, a group of many distinct ŷ has several lines, of which all but the first have only some of those ŷ |
//! | `worst` | the instances of highest cost, if they were asked for |
//! | `crc32` | the CRC-32 (IEEE) of the line up to `,"crc32"`, in hexadecimal |

use serde::{Deserialize, Serialize};

use crate::groups::{AllGroups, Group};
use crate::report::{Worst, shortest_text};
use crate::scoring::Scoring;
use crate::table::labels::Seen;
use crate::table::schema::Header;
use crate::tally;

/// The version of the format.
const VERSION: u32 = 2;

/// What comes before the checksum.
const CHECKSUM: &str = ",\"crc32\":\"";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    costs_state: u32,
    pub scoring: Scoring,
    pub header: Option<Header>,
    /// The labels that occur, if they are not numbers.
    pub labels: Option<Seen>,
    pub group: Option<Name>,
    pub tally: Option<tally::State>,
    pub worst: Vec<Instance>,
    #[serde(skip_serializing)]
    #[allow(dead_code, reason = "checked in the text")]
    crc32: String,
}

/// The version alone, which lines of every version have.
#[derive(Deserialize)]
struct Version {
    costs_state: u32,
}

/// What identifies a group, or a cluster of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    pub file: Option<String>,
    values: Vec<Cell>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster: Option<Cell>,
}

impl Name {
    /// Returns the cluster's cell in the column of clusters; None without clusters.
    pub fn cluster(&self) -> Option<Vec<u8>> {
        self.cluster.clone().map(Cell::into_bytes)
    }

    /// Returns the group's cells in the columns that it is grouped by.
    pub fn values(self) -> Vec<Vec<u8>> {
        self.values.into_iter().map(Cell::into_bytes).collect()
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    file: String,
    line: u64,
    cells: Vec<Cell>,
    /// As text, since JSON has no ∞.
    costs: Vec<String>,
    weight: String,
}

/// A cell as text, or as bytes if they are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Bytes(bytes.to_vec()),
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Cell::Text(text) => text.into_bytes(),
            Cell::Bytes(bytes) => bytes,
        }
    }
}

/// Returns the states of all groups, one a line; a state without a group if there are none.
pub fn lines(
    scoring: &Scoring,
    header: Option<&Header>,
    labels: &Seen,
    groups: &dyn AllGroups,
    worst: &[Worst],
) -> Vec<u8> {
    let mut worst: Vec<Instance> = worst.iter().map(Instance::of).collect();
    // Only instances need the names of all columns.
    let names = |header: &Header| {
        if scoring.worst() > 0 { header.names.clone() } else { Vec::new() }
    };
    let header = header.map(|header| Header { names: names(header), ..header.clone() });
    let mut out = Vec::new();
    let mut add = |group: Option<&Group>, tally: Option<tally::State>| {
        let name = |group: &Group| Name {
            file: group.file.as_deref().map(str::to_owned),
            values: group.values.iter().map(|value| Cell::of(value)).collect(),
            cluster: group.cluster.as_deref().map(Cell::of),
        };
        let line = Line {
            costs_state: VERSION,
            scoring: scoring.clone(),
            labels: header
                .as_ref()
                .and_then(|header| header.positive.as_ref().map(|_| labels.clone())),
            header: header.clone(),
            group: group.map(name),
            tally,
            worst: std::mem::take(&mut worst),
            crc32: String::new(),
        };
        let text = serde_json::to_string(&line).expect("JSON can hold a state");
        let body = text.strip_suffix('}').expect("a state is an object");
        out.extend_from_slice(body.as_bytes());
        out.extend_from_slice(
            format!("{CHECKSUM}{:08x}\"}}\n", crc32fast::hash(body.as_bytes())).as_bytes(),
        );
    };
    for index in 0..groups.len() {
        let group = groups.get(index);
        group.tally.states().for_each(|tally| add(Some(&group), Some(tally)));
    }
    if groups.len() == 0 {
        add(None, None);
    }
    out
}

/// Reads the state in a line.
///
/// # Errors
/// The reason why the line is no state.
pub fn read(text: &str) -> Result<Line, String> {
    let version = |Version { costs_state }: Version| costs_state;
    if let Some(version) = serde_json::from_str(text).ok().map(version).filter(|&v| v != VERSION) {
        return Err(format!("its version is {version}, and this program knows version {VERSION}"));
    }
    let line: Line =
        serde_json::from_str(text).map_err(|error| error.to_string().replace(" at line 1", ""))?;
    let checked = text.rsplit_once(CHECKSUM).filter(|(body, sum)| {
        sum.strip_suffix("\"}") == Some(&format!("{:08x}", crc32fast::hash(body.as_bytes())))
    });
    checked.map(|_| line).ok_or_else(|| "its checksum does not match: it was changed".to_owned())
}

impl Instance {
    fn of(worst: &Worst) -> Self {
        Instance {
            file: worst.file.clone(),
            line: worst.line,
            cells: worst.cells.iter().map(|cell| Cell::of(cell)).collect(),
            costs: worst.costs.iter().map(|&cost| shortest_text(cost)).collect(),
            weight: shortest_text(worst.weight),
        }
    }

    /// Returns the instance that was written; None if a number cannot be read.
    pub fn restore(self) -> Option<Worst> {
        let number = |text: &String| text.parse::<f64>().ok().filter(|number| !number.is_nan());
        Some(Worst {
            file: self.file,
            line: self.line,
            cells: self.cells.into_iter().map(Cell::into_bytes).collect(),
            costs: self.costs.iter().map(number).collect::<Option<_>>()?,
            weight: number(&self.weight)?,
            instance: None,
        })
    }
}

/// Returns the first option that differs, with its verb, such as "costs differ from those";
/// None if none does.
pub fn difference(one: &Scoring, other: &Scoring) -> Option<String> {
    let mut other = other.clone();
    if one.clip == other.clip {
        // A preset is the number that it stands for.
        other.clip = one.clip;
    }
    let options = |scoring: &Scoring| match serde_json::to_value(scoring) {
        Ok(serde_json::Value::Object(options)) => options,
        _ => unreachable!("options are an object"),
    };
    let (one, other) = (options(one), options(&other));
    // Options that are not set are left out of the text.
    let names = one.keys().chain(other.keys());
    let name = names.into_iter().find(|name| one.get(*name) != other.get(*name))?;
    let name = name.replace('_', " ");
    let is_plural = name.split(' ').next().is_some_and(|word| word.ends_with('s'));
    Some(format!("{name} {}", if is_plural { "differ from those" } else { "differs from that" }))
}

/// Returns the first name of a column that differs, with its verb; None if none does.
pub fn header_difference(one: &Header, other: &Header) -> Option<&'static str> {
    Some(match other {
        _ if one == other => return None,
        _ if one.weight.is_some() != other.weight.is_some() => "weights differ from those",
        _ if one.by.is_empty() != other.by.is_empty() => "groups differ from those",
        _ if one.models.len() != other.models.len() => "number of models differs from that",
        _ if one.models != other.models => "models differ from those",
        _ if one.given != other.given => {
            "kind of columns (ŷ, z or log-probabilities) differs from that"
        }
        _ if one.y != other.y => "column of y differs from that",
        _ if one.positive != other.positive => "positive label differs from that",
        _ if one.negative != other.negative => "negative labels differ from those",
        _ if one.classes != other.classes => "classes differ from those",
        _ if one.cluster != other.cluster => "clusters differ from those",
        _ if one.baseline != other.baseline => "baseline differs from that",
        _ if one.weight != other.weight => "column of weights differs from that",
        _ if one.by != other.by => "columns of groups differ from those",
        _ => "columns differ from those",
    })
}
