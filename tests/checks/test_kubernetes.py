"""The manifests of deploy/kubernetes are what Kubernetes takes, fit each other, and say what docker-compose.yml says."""

from typing import Any

import kubernetes_validate
import yaml

from checks.architecture import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
VERSION = "1.33"


def _all() -> list[dict[str, Any]]:
    kustomization = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    texts = [(FOLDER / name).read_text() for name in kustomization["resources"]]
    return [one for text in texts for one in yaml.safe_load_all(text)]


def _of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in _all() if one["kind"] == kind}


def _pods() -> dict[str, dict[str, Any]]:
    return {
        name: one["spec"]["template"] for kind in ("Deployment", "Job") for name, one in _of(kind).items()
    }


def test_every_manifest_is_what_kubernetes_takes_and_is_applied() -> None:
    for manifest in _all():
        kubernetes_validate.validate(manifest, VERSION, strict=True)
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"])


def test_every_selector_finds_a_pod() -> None:
    labels = [pod["metadata"]["labels"] for pod in _pods().values()]
    wanted = [one["spec"]["selector"]["matchLabels"] for one in _of("PodDisruptionBudget").values()]
    wanted += [one["spec"]["selector"]["matchLabels"] for one in _of("Deployment").values()]
    wanted += [one["spec"]["selector"] for one in _of("Service").values()]
    wanted += [one["spec"]["podSelector"].get("matchLabels", {}) for one in _of("NetworkPolicy").values()]
    for selector in wanted:
        assert any(selector.items() <= label.items() for label in labels), selector
    for scaler in _of("HorizontalPodAutoscaler").values():
        assert scaler["spec"]["scaleTargetRef"]["name"] in _of("Deployment")


def test_processes_begin_as_docker_compose_begins_them() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name, pod in _pods().items():
        (container,) = pod["spec"]["containers"]
        assert container.get("command") == services[name].get("command"), name


def test_settings_are_those_of_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    for line in (FOLDER / "civicfund.env").read_text().splitlines():
        name = line.partition("=")[0]
        assert f"{name}=" in example or name in (ROOT / "Dockerfile").read_text(), name


def test_no_pod_may_more_than_it_needs() -> None:
    for name, pod in _pods().items():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] and not spec["automountServiceAccountToken"], name
        for container in spec["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"], name
            assert "memory" in container["resources"]["limits"], name
    owners = [name for name, pod in _pods().items() if "civicfund-owner" in yaml.dump(pod)]
    assert owners == ["migrate"], "the owner of the schema appears once"
