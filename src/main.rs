//! `costs`: arguments in, exit code out.

mod cli;

use std::path::Path;
use std::process::ExitCode;

use cli::{Args, Command, Destination, Message, Messages};
use costs::error::{Error, Location};
use costs::report::When;
use costs::{Job, Outcome, Source};

fn main() -> ExitCode {
    cli::report_limit_of_file_size();
    let plain = Messages::new(When::Never, false);
    match cli::parse(std::env::args_os()) {
        Ok(args) => {
            let messages = args.command.as_ref().map_or_else(|| args.messages(), Command::messages);
            run(args, messages).unwrap_or_else(|error| messages.failed(&error))
        }
        Err(Message::Asked(text)) => print(&text).unwrap_or_else(|error| plain.failed(&error)),
        Err(Message::Wrong(text)) => cli::report(&text),
    }
}

/// Does what the arguments ask for.
fn run(args: Args, messages: Messages) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(Command::Completions { shell }) => print(&cli::completions(shell)),
        Some(Command::Man { command }) => print(&cli::page(&command)?),
        Some(Command::Merge(merge)) => score(merge.job()?, Some("merge"), messages),
        #[cfg(feature = "plot")]
        Some(Command::Plot(plot)) => draw(plot, messages),
        None => score(args.job()?, None, messages),
    }
}

/// Does a job and writes its results; without a job, shows the short help.
fn score(
    job: Option<Job>,
    subcommand: Option<&str>,
    messages: Messages,
) -> anyhow::Result<ExitCode> {
    let Some(job) = job else { return Ok(cli::report(&cli::short_help(subcommand))) };
    write_to(job.output.output.as_deref(), &job.inputs(), messages, |out| {
        if job.output.has_gates() {
            out.outlive_reader();
        }
        cli::watch(&job, messages.is_quiet(), || costs::run(&job, out))
    })
}

/// Draws what the arguments ask for.
#[cfg(feature = "plot")]
fn draw(plot: cli::Plot, messages: Messages) -> anyhow::Result<ExitCode> {
    let (path, screen) = (plot.output().map(Path::to_owned), plot.screen());
    let subject = plot.subject()?;
    let inputs = subject.job().map_or_else(Vec::new, Job::inputs);
    write_to(path.as_deref(), &inputs, messages, |out| {
        let (picture, outcome) = subject.draw(messages.is_quiet())?;
        out.write_text(&if path.is_some() { picture.svg() } else { picture.text(screen) })?;
        Ok(outcome)
    })
}

/// Calls `write` with the file of a path, or with standard output if there is no path.
fn write_to(
    path: Option<&Path>,
    inputs: &[Source],
    messages: Messages,
    write: impl FnOnce(&mut Destination) -> Result<Outcome, Error>,
) -> anyhow::Result<ExitCode> {
    let mut out = match path {
        Some(path) => Destination::file(path, inputs)?,
        None => Destination::stdout()?,
    };
    let location = out.location();
    let written = write(&mut out).and_then(|outcome| out.finish().map(|()| outcome));
    match written {
        Ok(outcome) => Ok(messages.done(&outcome)),
        Err(error) if *error.location() == Location::Output => Err(error.at(location).into()),
        Err(error) => Err(error.into()),
    }
}

/// Writes a text to standard output.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    Destination::stdout()?.write_text(text)?;
    Ok(ExitCode::SUCCESS)
}
