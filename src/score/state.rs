//! Results on their way from one machine to another: `--format state` and `merge`.
//!
//! A state is a line of JSON that holds, for one group, all that its statistics are
//! made of, and the options that states must agree on to be merged:
//!
//! ```json
//! {"costs_state":1,"options":{"costs":["quadratic"],"clip":null,"gradients":false,
//! "activation":null,"weighted":false,"by_file":false,"grouped":false,"models":1,
//! "worst":0},"input":{"given":"yhat","y":"y","positive":null,"weight":null,
//! "models":["yhat"],"by":[],"names":[]},
//! "group":{"file":null,"values":[]},"tally":{"n":2,"skipped":0,"marked":[0],
//! "labels":["1p0","1p0"],"columns":[{"infinite":0,"infinite_weight":"0p0",
//! "sums":["cp-4","cp-4","1p-1"]}],"pairs":[]},"worst":[],"crc32":"0a1b2c3d"}
//! ```
//!
//! | field | |
//! |---|---|
//! | `costs_state` | the version of this format |
//! | `options` | what was asked for; equal in all states that are merged |
//! | `input` | what the header told: equal too, or null where there was none |
//! | `group` | the file, if results are by file, and the cells of the columns that groups are by; null if there was no row, then all is 0 |
//! | `tally` | exact sums ([`tally::State`]), over columns of each model's costs, each followed by its gradient's magnitude if that was asked for |
//! | `worst` | the instances of highest cost, if they were asked for |
//! | `crc32` | the CRC-32 (IEEE) of the line up to `,"crc32"`, in hexadecimal |

use serde::{Deserialize, Serialize};

use crate::cost::{self, Clip};
use crate::neuron::{Activation, Given};
use crate::report::shortest_text;
use crate::tally::{self, Tally};

use super::worst::Worst;
use super::{Header, Plan, Scored};

/// The version of the format.
const VERSION: u32 = 1;

/// What comes before the checksum.
const CHECKSUM: &str = ",\"crc32\":\"";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    costs_state: u32,
    pub options: Options,
    pub input: Option<Input>,
    pub group: Option<Name>,
    pub tally: tally::State,
    pub worst: Vec<Instance>,
    #[serde(skip_serializing)]
    #[allow(dead_code, reason = "checked in the text")]
    crc32: String,
}

/// The version alone, of whatever line has one.
#[derive(Deserialize)]
struct Version {
    costs_state: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub struct Options {
    costs: Vec<String>,
    clip: Option<String>,
    gradients: bool,
    activation: Option<String>,
    weighted: bool,
    by_file: bool,
    grouped: bool,
    models: usize,
    worst: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    given: String,
    y: String,
    positive: Option<String>,
    weight: Option<String>,
    pub models: Vec<String>,
    by: Vec<String>,
    /// The names of all columns, with worst instances.
    names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    pub file: Option<String>,
    pub values: Vec<String>,
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

/// A cell as text, or as its bytes where they are none.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Text(String),
    Bytes(Vec<u8>),
}

/// The states of all groups, a line each; one without a group if there is none.
pub fn lines(plan: &Plan, scored: &Scored) -> Vec<u8> {
    let mut worst: Vec<Instance> = scored.worst.iter().map(Instance::of).collect();
    let mut out = Vec::new();
    let mut add = |group: Option<Name>, tally: &Tally| {
        let line = Line {
            costs_state: VERSION,
            options: Options::of(plan),
            input: scored.header.as_ref().map(|header| Input::of(plan, header)),
            group,
            tally: tally.state(),
            worst: std::mem::take(&mut worst),
            crc32: String::new(),
        };
        let text = serde_json::to_string(&line).expect("a state has nothing that JSON has not");
        let body = text.strip_suffix('}').expect("it is an object");
        out.extend_from_slice(body.as_bytes());
        out.extend_from_slice(
            format!("{CHECKSUM}{:08x}\"}}\n", crc32fast::hash(body.as_bytes())).as_bytes(),
        );
    };
    for group in &scored.groups {
        let name = Name { file: group.file.clone(), values: group.values.clone() };
        add(Some(name), &group.tally);
    }
    if scored.groups.is_empty() {
        add(None, &Tally::new(plan.shape()));
    }
    out
}

/// The state in a line.
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
    checked.map(|_| line).ok_or_else(|| "its checksum is another: it was changed".to_owned())
}

impl Options {
    fn of(plan: &Plan) -> Self {
        Options {
            costs: plan.costs.iter().map(|cost| cost.field().to_owned()).collect(),
            clip: plan.clip().map(|clip| clip.to_string()),
            gradients: plan.gradients,
            activation: plan.activation.map(|activation| activation.name().to_owned()),
            weighted: plan.weighted,
            by_file: plan.by_file,
            grouped: plan.grouped,
            models: plan.models,
            worst: plan.worst,
        }
    }

    /// The first field that differs, and its verb.
    pub fn difference(&self, other: &Options) -> &'static str {
        match other {
            _ if self.costs != other.costs => "costs differ from those",
            _ if self.clip != other.clip => "clip differs from that",
            _ if self.gradients != other.gradients => "gradients differ from those",
            _ if self.activation != other.activation => "activation differs from that",
            _ if self.weighted != other.weighted => "weights differ from those",
            _ if self.by_file != other.by_file || self.grouped != other.grouped => {
                "groups differ from those"
            }
            _ if self.worst != other.worst => "number of worst instances differs from that",
            _ => "number of models differs from that",
        }
    }

    /// A plan that gives the same results.
    pub fn plan(&self) -> Result<Plan, String> {
        /// Models that fit in a line.
        const MODEL_LIMIT: usize = 1 << 20;
        let cost = |field: &String| {
            cost::ALL
                .into_iter()
                .find(|cost| cost.field() == field)
                .ok_or_else(|| format!("there is no cost '{field}'"))
        };
        let mut costs = self.costs.iter().map(cost).collect::<Result<Vec<_>, String>>()?;
        if let Some(clip) = &self.clip {
            let clip: Clip = clip.parse().map_err(|_| format!("there is no clip '{clip}'"))?;
            clip.apply(&mut costs);
        }
        let activation = match self.activation.as_deref() {
            None => None,
            Some(name) => Some(
                Activation::by_name(name)
                    .ok_or_else(|| format!("there is no activation '{name}'"))?,
            ),
        };
        if costs.is_empty() || self.models == 0 || self.models > MODEL_LIMIT {
            return Err("it has no costs or no models".to_owned());
        }
        Ok(Plan {
            gradients: self.gradients,
            activation,
            models: self.models,
            weighted: self.weighted,
            by_file: self.by_file,
            grouped: self.grouped,
            worst: self.worst,
            allows_empty: true,
            ..Plan::new(costs)
        })
    }
}

impl Input {
    fn of(plan: &Plan, header: &Header) -> Self {
        let Header { given, y, positive, weight, models, names, by } = header.clone();
        let given = if given == Given::Z { "z" } else { "yhat" }.to_owned();
        let names = if plan.worst > 0 { names } else { Vec::new() };
        Input { given, y, positive, weight, models, by, names }
    }

    /// What stands for the outputs.
    pub fn given(&self) -> Given {
        if self.given == "z" { Given::Z } else { Given::Yhat }
    }

    /// The header that it was made of.
    pub fn restore(self) -> Header {
        let given = self.given();
        let Input { y, positive, weight, models, by, names, .. } = self;
        Header { given, y, positive, weight, models, names, by }
    }

    /// What differs first, and its verb.
    pub fn difference(&self, other: &Input) -> &'static str {
        match other {
            _ if self.models != other.models => "models differ from those",
            _ if self.given != other.given => "kind of columns (ŷ or z) differs from that",
            _ if self.y != other.y => "column of y differs from that",
            _ if self.positive != other.positive => "positive label differs from that",
            _ if self.weight != other.weight => "column of weights differs from that",
            _ if self.by != other.by => "columns of groups differ from those",
            _ => "columns differ from those",
        }
    }
}

impl Instance {
    fn of(worst: &Worst) -> Self {
        let cell = |cell: &Vec<u8>| match std::str::from_utf8(cell) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Bytes(cell.clone()),
        };
        Instance {
            file: worst.file.clone(),
            line: worst.line,
            cells: worst.cells.iter().map(cell).collect(),
            costs: worst.costs.iter().map(|&cost| shortest_text(cost)).collect(),
            weight: shortest_text(worst.weight),
        }
    }

    pub fn restore(self) -> Option<Worst> {
        let number = |text: &String| text.parse::<f64>().ok().filter(|number| !number.is_nan());
        let cell = |cell| match cell {
            Cell::Text(text) => text.into_bytes(),
            Cell::Bytes(bytes) => bytes,
        };
        Some(Worst {
            file: self.file,
            line: self.line,
            cells: self.cells.into_iter().map(cell).collect(),
            costs: self.costs.iter().map(number).collect::<Option<_>>()?,
            weight: number(&self.weight)?,
        })
    }
}
