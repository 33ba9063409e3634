"""Bicep files, compiled by whatever `bicep` is on the PATH: here one that writes down how it was called."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from scanner.errors import SourceError
from scanner.sources.files import read_inputs

MAIN = """\
targetScope = 'resourceGroup'
param name string

@description('the account')
resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
}

module part 'modules/part.bicep' = {
  name: 'part'
}
module far 'br/public:avm/res/search/search-service:0.1.0' = {
  name: 'far'
}
resource lone 'Microsoft.Fabric/capacities@2023-11-01' existing = {
  name: 'f'
}
"""
PART = "param location string = 'westus'\n\nresource search 'Microsoft.Search/searchServices@2025-05-01' = {\n}\n"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Put a command on the PATH that prints a text, and give where it writes its arguments."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def install(output="", *, name="bicep", code=0, errors=""):
        called = tmp_path / "called.json"
        script = (
            f"#!{sys.executable}\nimport json, sys\n"
            f"json.dump(sys.argv[1:], open({str(called)!r}, 'w'))\n"
            f"sys.stdout.write({output!r})\nsys.stderr.write({errors!r})\nsys.exit({code})\n"
        )
        path = folder / name
        path.write_text(script, "utf-8")
        path.chmod(0o755)
        return lambda: json.loads(called.read_text("utf-8"))

    return install


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "modules").mkdir()
    (tmp_path / "main.bicep").write_text(MAIN, "utf-8")
    (tmp_path / "modules" / "part.bicep").write_text(PART, "utf-8")
    return tmp_path


def compiled(templates):
    part = templates.make(templates.resource("s", "Microsoft.Search/searchServices"))
    symbolic = {**part, "languageVersion": "2.0", "resources": {"search": part["resources"][0]}}
    return {
        **templates.make(parameters={"name": {"type": "string"}}),
        "languageVersion": "2.0",
        "resources": {
            "account": templates.resource("[parameters('name')]", "Microsoft.CognitiveServices/accounts"),
            "part": templates.nested(symbolic, "part"),
            "far": templates.nested({**symbolic, "resources": {"x": {**part["resources"][0], "name": "far"}}}, "far"),
        },
    }


def test_a_finding_names_the_bicep_file_and_the_line_of_the_declaration(templates, command, sources):
    called = command(json.dumps(compiled(templates)), errors="Warning BCP333: a name may be too short")
    file = str(sources / "main.bicep")

    inventory = read_inputs([file], options=replace(templates.options, template_parameters=("name=ai",)))

    account, search, far = (resource.origin for resource in inventory.resources)
    assert called() == ["build", file, "--stdout"]
    assert inventory.resources[0].name == "ai"
    assert (account.file, account.line, account.address, account.pointer) == (file, 5, "account", None)
    assert (search.file, search.line) == (str(sources / "modules" / "part.bicep"), 3)
    assert (far.file, far.line) == (file, 12)
    assert account.declared


def test_without_symbolic_names_the_only_resource_of_its_type_is_found(templates, command, sources):
    kind = "Microsoft.CognitiveServices/accounts"
    command(json.dumps(templates.make(templates.resource("a", kind), templates.resource("b", "Microsoft.Web/sites"))))

    inventory = read_inputs([str(sources / "main.bicep")])

    assert [resource.origin.line for resource in inventory.resources] == [5, None]


def test_az_compiles_where_bicep_itself_is_missing(templates, command, sources):
    called = command(json.dumps(templates.make()), name="az")
    file = str(sources / "main.bicep")

    read_inputs([file])

    assert called() == ["bicep", "build", "--file", file, "--stdout"]


def test_a_parameter_file_of_bicep_brings_its_template(templates, command, tmp_path):
    parameters = {"parameters": {"name": {"value": "from-file"}}}
    output = {"templateJson": json.dumps(compiled(templates)), "parametersJson": json.dumps(parameters)}
    called = command(json.dumps(output))
    file = tmp_path / "main.bicepparam"
    file.write_text("using './main.bicep'\n", "utf-8")

    assert read_inputs([str(file)]).resources[0].name == "from-file"
    assert called() == ["build-params", str(file), "--stdout"]
    options = replace(templates.options, template_parameters=("name=said",))
    assert read_inputs([str(file)], options=options).resources[0].name == "said"


@pytest.mark.parametrize(
    ("using", "names"),
    [
        ("// for production\nusing 'main.bicep'\n", {"main.bicep", "modules/part.bicep"}),
        ("using './main.bicep'", {"main.bicep", "modules/part.bicep"}),
        ("using 'br:example.azurecr.io/ai:v1'", {"main.bicepparam"}),
        ("using none", {"main.bicepparam"}),
        ("using 'absent.bicep'", {"main.bicepparam"}),
    ],
)
def test_with_a_parameter_file_findings_name_the_file_of_its_template(templates, command, sources, using, names):
    output = {"templateJson": json.dumps(compiled(templates)), "parametersJson": json.dumps({"parameters": {}})}
    command(json.dumps(output))
    (sources / "main.bicepparam").write_text(using, "utf-8")

    origins = [resource.origin for resource in read_inputs([str(sources / "main.bicepparam")]).resources]

    assert {origin.file for origin in origins} == {str(sources / name) for name in names}
    assert [origin.line for origin in origins] == ([5, 3, 12] if len(names) > 1 else [None, None, None])


def test_a_parameter_file_of_bicep_gives_values_to_a_template(templates, command, tmp_path):
    command(json.dumps({"parametersJson": json.dumps({"parameters": {"name": {"value": "from-file"}}})}))
    template = tmp_path / "main.json"
    template.write_text(json.dumps(compiled(templates)), "utf-8")
    options = replace(templates.options, template_parameters=(str(tmp_path / "x.bicepparam"),))

    assert read_inputs([str(template)], options=options).resources[0].name == "from-file"


def test_without_a_command_the_message_says_how_to_get_one(command, sources):
    with pytest.raises(SourceError) as caught:
        read_inputs([str(sources / "main.bicep")])

    assert "there is no `bicep` command to compile it" in str(caught.value)
    assert "learn.microsoft.com" in str(caught.value)
    assert "bicep build FILE" in str(caught.value)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"code": 1, "errors": "WARNING: x\nmain.bicep(3,5) : Error BCP057: The name does not exist\n"}, "BCP057"),
        ({"code": 1}, "the command says nothing"),
        ({"output": "no JSON"}, r"main.bicep: is not compiled: what `bicep` prints is not JSON"),
        ({"output": ""}, "what `bicep` prints is empty"),
        ({"output": "[]"}, "is compiled to something that is no template"),
    ],
)
def test_a_failed_compilation_is_told(command, sources, how, message):
    command(**how)

    with pytest.raises(SourceError, match=message):
        read_inputs([str(sources / "main.bicep")])


def test_a_compilation_that_hangs_is_ended(command, sources, monkeypatch):
    monkeypatch.setattr("scanner.sources.arm_template.bicep._PATIENCE", 0.2)
    path = sources / "bin" / "bicep"
    path.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n", "utf-8")
    path.chmod(0o755)

    with pytest.raises(SourceError, match="is not compiled"):
        read_inputs([str(sources / "main.bicep")])
