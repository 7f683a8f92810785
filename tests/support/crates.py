"""What a crate has to be: the MUSTs of RO-Crate 1.1 and of Process Run Crate 0.5, checked here.

The field's own validator is asked, too, where it is installed (tests/cli/test_export_commands.py).
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = {"SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow"}
ACTIONS = {"CreateAction", "ActivateAction", "UpdateAction"}
PROFILE = "https://w3id.org/ro/wfrun/process/"


def types_of(entity: dict[str, Any]) -> set[str]:
    kind = entity["@type"]
    return set(kind) if isinstance(kind, list) else {kind}


def references(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each["@id"] for each in values if isinstance(each, dict)]


def objections(metadata: dict[str, Any], names: set[str]) -> list[str]:
    """What the metadata of a crate with these files lacks."""
    entities = {entity["@id"]: entity for entity in metadata["@graph"]}
    root, found = entities["./"], []
    found += [f"root: no {key}" for key in ROOT if not root.get(key)]
    if not any(each.startswith(PROFILE) for each in references(root.get("conformsTo", ()))):
        found.append("root: no profile")
    if references(entities["ro-crate-metadata.json"]["about"]) != ["./"]:
        found.append("the descriptor is not about the root")
    for name, entity in entities.items():
        for key, value in entity.items():
            found += [
                f"{name}: {key} leads to {each}"
                for each in references(value)
                if each not in entities and not each.startswith("http")
            ]
        if "File" in types_of(entity) and unquote(name) not in names:
            found.append(f"{name} is not there")
        if types_of(entity) & ACTIONS:
            tools = [entities[each] for each in references(entity["instrument"])]
            if not tools or not all(types_of(tool) & TOOLS for tool in tools):
                found.append(f"{name}: no instrument")
    listed = set(map(unquote, references(root["hasPart"])))
    aside = {"ro-crate-metadata.json", "ro-crate-preview.html"}
    found += [f"{name} is not described" for name in names - listed - aside]
    return found


ROOT = ("name", "description", "datePublished", "license", "conformsTo")


def read_crate(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The metadata and all files of a zip file."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files["ro-crate-metadata.json"]), files
