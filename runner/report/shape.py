# SPDX-License-Identifier: GPL-2.0
"""What a report needs of result.json and comparison.json: results/schema, and what no schema
can say."""
import json
from pathlib import Path

import fastjsonschema

from ink import SIGNS
from load import SCHEMA_VERSION, Place, Refused, read_json

SCHEMAS = Path(__file__).resolve().parents[2] / "results" / "schema"
OPTIONAL_TEXTS = ("label", "before_label", "after_label", "reason", "class")
NUMBERS_OR_NULL = ("before", "after", "difference", "ratio", "ci_low", "ci_high", "mde", "delta")


def check_version(document):
    version = document.get("schema_version")
    if version.value != SCHEMA_VERSION:
        version.refuse(f"{SCHEMA_VERSION} (this report's)")


def check_curve(curve):
    curve.get("unit").text()
    if curve.has("stacks"):
        for count in curve.get("stacks").entries():
            count.number()
        return
    for key in ("maps", "rows"):
        if curve.has(key):
            curve.get(key).items()
            return
    edges = [edge.number() for edge in curve.get("edges").items()]
    counts = [count.number() for count in curve.get("counts").items()]
    if len(edges) != len(counts) + 1:
        curve.refuse("one edge more than counts")
    if any(low >= high for low, high in zip(edges, edges[1:])):
        curve.get("edges").refuse("edges that grow")


def check_trial(trial):
    trial.get("arm").text()
    trial.get("factors").of(dict, "an object")
    for key in ("id", "round", "boot", "phase", "seed"):
        trial.get(key).number()
    for metric in trial.get("metrics").entries():
        metric.get("value").number()
        metric.get("unit").text()
    for check in trial.get("checks").entries():
        check.get("ok").boolean()
        check.get("detail").text()
    trial.get("kernel_log").get("splats").texts()
    for curve in trial.get("curves").entries():
        check_curve(curve)
    facts = trial.get("facts")
    facts.of(dict, "an object")
    if facts.has("commands"):
        facts.get("commands").texts()
    if facts.has("xdp_attached"):
        for mode in facts.get("xdp_attached").entries():
            mode.text()
    trial.get("wall_s").number()
    trial.get("measured_s").number()


def check_arm(arm):
    arm.get("name").text()
    arm.get("summary").text()
    arm.get("baseline").boolean()
    arm.get("expect").texts()
    if arm.has("builds_on"):
        arm.get("builds_on").text()


def check_result(result):
    check_version(result)
    for key in ("experiment", "target", "observations_sha256"):
        result.get(key).text()
    result.get("lane").text()
    result.get("provenance").of(dict, "an object")
    for arm in result.get("arms").items():
        check_arm(arm)
    for trial in result.get("trials").items():
        check_trial(trial)
    source = result.get("experiment_source")
    for key in ("question", "description", "text", "file"):
        source.get(key).text()
    for key in ("mechanism", "collectors", "primary"):
        source.get(key).texts()
    for part in ("traffic", "topology"):
        source.get(part).of((dict, str), "an object, or a reference to a factor")
    result.get("wall_s").number()
    result.get("plan").get("trials").items()
    for key in ("workers", "share_in_trials"):
        result.get("timing").get(key).number()


def check_row(row):
    row.get("name").text()
    row.get("unit").text()
    row.get("better").one_of(("lower", "higher", "none"))
    row.get("primary").boolean()
    row.get("verdict").one_of(SIGNS)
    row.get("verdict_words").text()
    for key in ("less", "more", "of"):
        row.get("change_words").get(key).text()
    row.get("n").number()
    for key in NUMBERS_OR_NULL:
        row.get(key).number_or_null()
    for key in ("before_values", "after_values"):
        for value in row.get(key).items():
            value.number()
    for key in ("difference_low", "difference_high", "confidence", "clusters"):
        if row.has(key):
            row.get(key).number_or_null()
    for key in OPTIONAL_TEXTS:
        if row.has(key):
            row.get(key).text()


def check_comparison(comparison):
    comparison.get("arm").text()
    comparison.get("factors").of(dict, "an object")
    for key in OPTIONAL_TEXTS:
        if comparison.has(key):
            comparison.get(key).text()
    for key in ("reasons", "notes"):
        if comparison.has(key):
            comparison.get(key).texts()
    comparison.get("verdict").one_of(SIGNS)
    comparison.get("verdict_words").text()
    for row in comparison.get("metrics").items():
        check_row(row)


def check_lane(facts):
    if facts.get("cost").value is not None:
        facts.get("cost").text()
    for key in ("repeats_exactly", "runs_until_precise", "own_clock", "this_machine"):
        facts.get(key).boolean()
    facts.get("delta").number()
    for key in ("round", "summary", "method", "speaks_of", "repetition"):
        facts.get(key).text()
    facts.get("cannot_see").texts()


def check_document(document):
    check_version(document)
    for key in ("experiment", "baseline", "delta_rule", "headline"):
        document.get(key).text()
    document.get("lane").text()
    document.get("verdict").one_of(SIGNS)
    document.get("verdict_words").text()
    check_lane(document.get("lane_facts"))
    if document.has("notes"):
        document.get("notes").texts()
    for comparison in document.get("comparisons").items():
        check_comparison(comparison)


def check_schema(document, name, definition=None):
    """All that the contract says of a document, or of a part that one of its definitions is of,
    whether or not this report reads it."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    if definition:
        schema = {"definitions": schema["definitions"], "$ref": f"#/definitions/{definition}"}
    try:
        fastjsonschema.validate(schema, document.value)
    except fastjsonschema.JsonSchemaValueException as error:
        place = "/".join(["", *(str(step) for step in error.path[1:])])
        said = error.message.removeprefix(error.name).strip()
        raise Refused(
            f"{document.path}{place}: {said}", "write it with this checkout's rxlab"
        ) from None


def read_checked(folder, name, command):
    """The Place of NAME.json in a folder, which is as its schema says and which COMMAND writes.
    @raises Refused"""
    path = folder / f"{name}.json"
    place = Place(read_json(path, f"write it with '{command}'"), f"{path}:")
    check_schema(place, name)
    return place


def check_pair(result, document, folder):
    for key in ("experiment", "lane"):
        if result[key] != document[key]:
            raise Refused(
                (
                    f"{folder}: result.json is of {key} {result[key]}, comparison.json of"
                    f" {document[key]}"
                ),
                "put both files of one run there",
            )


def load(folder):
    """(result, comparison) of a run's folder; the result has the facts of its lane.
    @raises Refused"""
    folder = Path(folder)
    next_step = f"write both documents with 'rxlab run EXPERIMENT --out {folder}'"
    result = read_json(folder / "result.json", next_step)
    document = read_json(folder / "comparison.json", next_step)
    for value, name, check in (
        (result, "result", check_result),
        (document, "comparison", check_document),
    ):
        place = Place(value, f"{folder / name}.json:")
        check(place)
        check_schema(place, name)
    check_pair(result, document, folder)
    result["lane_facts"] = document["lane_facts"]
    return result, document
