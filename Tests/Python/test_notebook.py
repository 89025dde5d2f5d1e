"""Runs the notebook that reads results, on a result with `fast` and `slow` and on one with other parameters.

    APUS_RESULT=golden-cross.h5 python3 Tests/Python/test_notebook.py
"""

import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import nbclient
import nbformat
import xarray as xr

import support


def run(result):
    """The executed notebook. A cell that fails raises."""
    notebook = nbformat.read(support.NOTEBOOK, as_version=4)
    environment = {"APUS_RESULT": str(result), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with mock.patch.dict(os.environ, environment):
        nbclient.NotebookClient(
            notebook, timeout=300, kernel_name="python3",
            resources={"metadata": {"path": str(support.NOTEBOOK.parent)}}).execute()
    return notebook


def outputs(notebook, kind):
    """Outputs of one MIME type in order."""
    return [
        output["data"][kind] for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
        if kind in output.get("data", {})
    ]


class Notebook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = support.argument("APUS_RESULT")
        cls.summary = json.loads(support.summary_path(cls.result).read_text("utf-8"))

    def check(self, notebook):
        self.assertEqual(len(outputs(notebook, "image/png")), 2, "two figures")
        streams = [
            output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
            if output.output_type in ("stream", "error")
        ]
        self.assertEqual(streams, [], "no warnings, no errors")
        # The data set, the leaders, the metrics, the warnings, the provenance.
        _, leaders, _, warnings, provenance = outputs(notebook, "text/html")
        for row in self.summary["leaderboard"]["rows"]:
            self.assertIn(f"<th>{row['rank']}</th>\n      <td>{row['symbol']}</td>", leaders)
        for warning in self.summary["warnings"]:
            self.assertIn(f"<td>{warning['code']}</td>", warnings)
        self.assertIn(self.summary["provenance"]["spec_sha256"], provenance)

    def test_stored_without_outputs(self):
        notebook = nbformat.read(support.NOTEBOOK, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                self.assertEqual((cell.outputs, cell.execution_count), ([], None))

    def test_runs(self):
        self.check(run(self.result))

    def test_runs_on_other_parameters(self):
        names = {"fast": "n", "slow": "band"}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "other.h5"
            with xr.open_dataset(self.result, engine="h5netcdf") as data:
                self.assertLessEqual(set(names), set(data.variables), "APUS_RESULT needs parameters fast and slow")
                data.load().rename(names).to_netcdf(path, engine="h5netcdf")
            summary = json.loads(json.dumps(self.summary))
            for row in summary["leaderboard"]["rows"]:
                row["parameters"] = {names[name]: value for name, value in row["parameters"].items()}
            path.with_suffix(".json").write_text(json.dumps(summary), encoding="utf-8")
            notebook = run(path)
            self.check(notebook)
            self.assertNotEqual(outputs(notebook, "image/png")[0], outputs(run(self.result), "image/png")[0])


if __name__ == "__main__":
    unittest.main()
