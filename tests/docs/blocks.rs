//! Fenced blocks, and what each one asks for.

use anyhow::{Context as _, Result, bail, ensure};

/// A step of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A file that the reader writes: ```` ```yaml infra/stack.yaml ````.
    Write { path: String, text: String },
    /// Commands that the reader types: ```` ```sh ````, with what they print: ```` ```console ````, or ```` ```mermaid ```` where that
    /// is a drawing.
    Run { line: usize, script: String, shown: Option<String> },
}

struct Block {
    line: usize,
    info: String,
    text: String,
}

/// The steps of a page, in order. Blocks of other languages are there to be read only.
pub(crate) fn steps(text: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for Block { line, info, text } in blocks(text)? {
        match info.split(' ').collect::<Vec<_>>()[..] {
            ["sh"] => steps.push(Step::Run { line, script: text, shown: None }),
            ["console"] => match steps.last_mut() {
                Some(Step::Run { shown, .. }) if shown.is_none() => *shown = Some(text),
                _ => bail!("line {line}: a console block follows the commands whose output it shows"),
            },
            ["mermaid"] => {
                // One that follows no commands is drawn by hand.
                if let Some(Step::Run { shown: shown @ None, .. }) = steps.last_mut() {
                    *shown = Some(text);
                }
            }
            [_, path] => steps.push(Step::Write { path: path.to_owned(), text }),
            _ => {}
        }
    }
    Ok(steps)
}

/// The text outside fenced blocks.
pub(crate) fn prose(text: &str) -> String {
    let mut fenced = false;
    let outside = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

fn blocks(text: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(info), None) => {
                open = Some(Block { line: number + 1, info: info.to_owned(), text: String::new() });
            }
            (Some(info), Some(block)) => {
                ensure!(info.is_empty(), "line {}: the block that began in line {} is open", number + 1, block.line);
                blocks.push(open.take().context("an open block")?);
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    ensure!(open.is_none(), "the last block is never closed");
    Ok(blocks)
}

#[test]
fn a_page_is_read_as_steps() {
    let text = "\
# A page

```yaml infra/stack.yaml
portolan: v1
```

```text
not run
```

```sh
portolan check
```

```console
local: no findings
```
";
    let write = Step::Write { path: "infra/stack.yaml".to_owned(), text: "portolan: v1\n".to_owned() };
    let script = "portolan check\n".to_owned();
    let run = Step::Run { line: 11, script, shown: Some("local: no findings\n".to_owned()) };
    assert_eq!(steps(text).expect("steps"), [write, run]);
    assert_eq!(prose(text), "# A page\n\n\n\n");
    let drawn = steps("```mermaid\na\n```\n```sh\ntrue\n```\n```mermaid\nb\n```\n").expect("steps");
    assert_eq!(drawn, [Step::Run { line: 4, script: "true\n".to_owned(), shown: Some("b\n".to_owned()) }]);
    assert!(steps("```console\nhello\n```\n").is_err());
}
