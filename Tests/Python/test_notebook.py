"""Runs the notebook that reads results, on both demonstrations and on results with fewer parameters.

    APUS_RESULT=golden-cross.h5 APUS_RESULT_CRYPTO=crypto-dip.h5 python3 Tests/Python/test_notebook.py
"""

import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import nbclient
import nbformat

import support


def run(result):
    """The executed notebook. A cell that fails raises."""
    notebook = nbformat.read(support.NOTEBOOK, as_version=4)
    # A home of its own keeps the settings of whoever runs this out.
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "APUS_RESULT": str(result), "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "JUPYTER_RUNTIME_DIR": home, "IPYTHONDIR": home, "MPLCONFIGDIR": home,
        }
        with mock.patch.dict(os.environ, environment):
            nbclient.NotebookClient(
                notebook, timeout=300, kernel_name="python3", extra_arguments=["--log-level=ERROR"],
                resources={"metadata": {"path": str(support.NOTEBOOK.parent)}}).execute()
    return notebook


def outputs(notebook, kind):
    """Outputs of one MIME type in order."""
    return [
        output["data"][kind] for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
        if kind in output.get("data", {})
    ]


class Notebook(unittest.TestCase):
    def check(self, result):
        notebook = run(result)
        figures = outputs(notebook, "image/png")
        self.assertEqual(len(figures), 2, "two figures")
        streams = [
            output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
            if output.output_type in ("stream", "error")
        ]
        self.assertEqual(streams, [], "no warnings, no errors")
        # The data set, the leaders, the metrics, the warnings, the provenance.
        _, leaders, _, warnings, provenance = outputs(notebook, "text/html")
        summary = json.loads(support.summary_path(result).read_text("utf-8"))
        for row in summary["leaderboard"]["rows"]:
            self.assertIn(f"<th>{row['rank']}</th>\n      <td>{row['symbol']}</td>", leaders)
        for warning in summary["warnings"]:
            self.assertIn(f"<td>{warning['code']}</td>", warnings)
        self.assertIn(summary["provenance"]["spec_sha256"], provenance)
        return figures

    def test_stored_without_outputs(self):
        notebook = nbformat.read(support.NOTEBOOK, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                self.assertEqual((cell.outputs, cell.execution_count), ([], None))

    def test_runs(self):
        self.assertNotEqual(
            self.check(support.argument("APUS_RESULT")), self.check(support.argument("APUS_RESULT_CRYPTO")))

    def test_runs_with_fewer_parameters(self):
        source = support.argument("APUS_RESULT")
        summary = json.loads(support.summary_path(source).read_text("utf-8"))
        best = summary["leaderboard"]["rows"][0]["parameters"]
        data = support.dataset(source)
        for dropped in (["slow"], ["fast", "slow"]):
            with self.subTest(without=dropped), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "fewer.h5"
                kept = data.drop_vars("leaderboard")
                for name in dropped:
                    kept = kept.isel(lane=(kept[name] == best[name]).values).drop_vars(name)
                order = kept["sharpe"].to_series().sort_values(ascending=False, kind="stable").index
                kept = kept.assign(leaderboard=("lane", order.to_numpy(), data["leaderboard"].attrs))
                kept.to_netcdf(path, engine="h5netcdf")
                rows = [
                    {"rank": place + 1, "lane": int(lane), "symbol": str(kept["symbol"].sel(lane=lane).item()),
                     "parameters": {name: best[name] for name in best if name not in dropped}}
                    for place, lane in enumerate(order[:10])
                ]
                changed = {**summary, "leaderboard": {**summary["leaderboard"], "rows": rows}}
                path.with_suffix(".json").write_text(json.dumps(changed), encoding="utf-8")
                self.check(path)


if __name__ == "__main__":
    unittest.main()
