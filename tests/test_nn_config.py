"""Configurations: what they build, and how they say what is wrong with them."""

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from course_lib.nn import Adam, RMSprop
from course_lib.nn.config import Config, ConfigError, load_config, parse
from course_lib.nn.unscaled_shrink import UnscaledShrink

FOLDER = Path(__file__).parents[1] / "course_lib" / "configs"
CONFIGS = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("claims/*.yaml")])


def test_all_settings_have_defaults_which_must_be_asked_for() -> None:
    assert parse("{}") == Config()
    for text in ("", " \n", "# nothing\n", "---\n"):
        with pytest.raises(ConfigError, match=r"^run.yaml is empty: write settings such as `lr: 0.1`, one a line; "):
            parse(text, name="run.yaml")


def test_settings_are_read_in_their_types() -> None:
    config = parse("hidden: [256, 128]\nlr: 1\nlam: 1e-4\npatience: 5\nclip: null\nnesterov: true\nmomentum: .9\n")
    assert config.hidden == (256, 128) and config.patience == 5 and config.clip is None and config.nesterov is True
    assert type(config.lr) is float and config.lam == 1e-4


def test_to_yaml_and_back() -> None:
    config = Config(hidden=(7, 5), dropout=(0.1, 0.2, 0.3), patience=3, clip=1.5, lam=1e-05, dataset="mnist")
    assert parse(config.to_yaml()) == config


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_the_configurations_of_the_course_are_right(path: Path) -> None:
    config = load_config(path)
    network = config.make_network(64, 10, np.random.default_rng(0))
    assert network.predict(np.zeros((2, 64))).shape == (2,)
    assert config.make_schedule(1000)(0) > 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lr: 0.1\nepoch: 3\n", "run.yaml, line 2: there is no setting 'epoch'; did you mean epochs?"),
        ("lr: 0.1\n\n# so\nlearning_speed: 3\n", "line 4: there is no setting 'learning_speed'; it can be dataset,"),
        ("optimizer: adamm\n", "line 1: optimizer cannot be 'adamm'; did you mean adam?"),
        ("activation: swish9\n", "activation cannot be 'swish9'; it can be relu, sigmoid, tanh."),
        ("seed: 1\nlr: fast\n", "line 2: lr must be a number, not 'fast'."),
        ("lr: -0.1\n", "lr must be at least"),
        ("lr: .nan\n", "lr must be at least"),
        ("lr: .inf\n", "lr must be at most 1e+30, not inf."),
        (f"lr: {10**399}\n", "lr must be at most 1e+30, not 1000000"),
        (f"seed: {10**399}\n", "seed must be at most 1e+30, not 1000000"),
        (f"seed: {10**399}{10**4000}\n", "run.yaml: a value cannot be read: "),
        ("epochs: 2.5\n", "epochs must be a whole number, not 2.5."),
        ("epochs: true\n", "epochs must be a whole number, not True."),
        ("epochs: 0\n", "epochs must be at least 1, not 0."),
        ("momentum: 1.5\n", "momentum must be at most 0.9999, not 1.5."),
        ("hidden: 128\n", "hidden must be a list such as [128, 64], not 128."),
        ("hidden: [128, x]\n", "hidden must be a whole number, not 'x'."),
        ("hidden: [0]\n", "hidden must be at least 1, not 0."),
        ("nesterov: 1\n", "nesterov must be true or false, not 1."),
        ("lr: 0.1\nlr: 0.2\n", "line 2: lr is set twice, in line 1 too"),
        ("optimizer: adam\nmomentum: 0.9\n", "line 2: momentum belongs to the optimizer sgd"),
        ("seed: 1\nnesterov: true\n", "line 2: nesterov looks ahead along the momentum"),
        ("patience: 2\nvalidation: 0\n", "line 1: early stopping (patience) needs validation images"),
        ("hidden: [8, 8]\ndropout: [0.1]\n", "line 2: dropout takes 3 fractions"),
        ("lr: [0.1\n", "this is not YAML"),
        ("- lr\n- 0.1\n", "a configuration is a list of settings"),
        ("just words", "a configuration is a list of settings"),
        ("lr: !!python/object/apply:os.system ['true']\n", "line 1: this is not YAML"),
        ("lr: null\n", "lr must be a number, not None."),
        ("3: 4\n", "there is no setting 3;"),
        ("[]\n", "a configuration is a list of settings"),
        # texts that YAML 1.1 takes for something else
        ("lr: 2026-13-45\n", "line 1: lr must be a number, not '2026-13-45'."),
        ("lr: 1:30\n", "lr must be a number, not '1:30'."),
        ("seed: 0b_\n", "seed must be a whole number, not '0b_'."),
        ("seed: 010\n", "seed must be a whole number, not '010'."),
        ("<<: {lr: 0.3}\n", "line 1: there is no setting '<<'; it can be dataset,"),
        ("yes: 1\n", "there is no setting 'yes'; it can be dataset,"),
        ("lr: !!timestamp 2026-13-45\n", "run.yaml: a value cannot be read: month must be in 1..12."),
        # nested too deeply
        ("hidden: &h {a: *h}\n", "run.yaml is nested too deeply"),
        (f"hidden: {'[' * 3000}\n", "run.yaml is nested too deeply"),
        # other names
        ("learning_rate: 1\n", "did you mean lr?"),
        ("weight-decay: 1\n", "did you mean lam?"),
        ("l2: 1\n", "did you mean lam?"),
        ("layers: [64]\n", "did you mean hidden?"),
        ("early_stopping: 3\n", "did you mean patience?"),
        ("gradient_clip: 3\n", "did you mean clip?"),
        ("standardize: no\n", "did you mean none?"),
        ("standardize: false\n", "did you mean none?"),
        ("schedule: none\n", "did you mean constant?"),
        # what does not go together
        ("optimizer: adam\nnesterov: true\n", "line 2: nesterov belongs to the optimizer sgd, and this one is adam."),
        ("hidden: []\nbatch_norm: true\n", "line 2: batch_norm belongs to the hidden layers, and there is none."),
        ("batch_size: 1\nbatch_norm: true\n", "line 1: batch_norm compares the examples of a batch, so set batch_size"),
    ],
)
def test_mistakes_are_named_with_key_line_and_the_nearest_right_one(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text, name="run.yaml")
    assert complaint in str(error.value) and str(error.value).startswith("run.yaml")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.yaml", "There is no file {}: correct the name, or write it; course_lib/configs/ has examples."),
        ("bytes.yaml", "{} is not a text in UTF-8: name a YAML file, or save this one as UTF-8."),
        ("folder", "{} is a folder: name a YAML file in it."),
        ("locked.yaml", "{} cannot be read (Permission denied): choose another file."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    if name == "locked.yaml":  # whoever runs the tests may be allowed to read everything

        def refuse(*_: object, **__: object) -> str:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / name)
    assert str(error.value) == told.format(tmp_path / name)


def test_it_builds_the_network_and_the_optimizer_it_describes() -> None:
    config = parse(
        "hidden: [8, 6]\nactivation: tanh\nbatch_norm: true\ndropout: [0.2, 0, 0]\noptimizer: rmsprop\nlam: 0.1"
    )
    kinds = [type(layer).__name__ for layer in config.make_network(5, 3, np.random.default_rng(0)).layers]
    assert kinds == ["Dropout", "Dense", "BatchNorm", "Tanh", "Dense", "BatchNorm", "Tanh", "Dense"]
    optimizer = config.make_optimizer()
    assert isinstance(optimizer, RMSprop) and optimizer.lam == 0.1
    assert isinstance(parse("optimizer: adam").make_optimizer(), Adam)
    shrink = parse("optimizer: unscaled-shrink\nlam: 0.1").make_optimizer()
    assert isinstance(shrink, UnscaledShrink) and shrink.lam == 0.1


@pytest.mark.parametrize(("activation", "std"), [("relu", 2 / 400), ("tanh", 2 / 700), ("sigmoid", 2 / 700)])
def test_the_first_weights_suit_the_activation_unless_they_are_chosen(activation: str, std: float) -> None:
    def deviation(more: str) -> float:
        config = parse(f"hidden: [300]\nactivation: {activation}\n{more}")
        network = config.make_network(400, 3, np.random.default_rng(0))
        return float(network.parameters[0].value.std())

    assert deviation("") == deviation("init: null") == pytest.approx(std**0.5, rel=0.02)
    assert deviation("init: small") == pytest.approx(0.01, rel=0.02)


def test_help_says_what_every_setting_means() -> None:
    described = dict(re.findall(r"^    (\w+)  +(\S.*)$", Config.__doc__ or "", re.MULTILINE))
    assert list(described) == [field.name for field in fields(Config)]


def test_schedules_count_epochs_in_steps() -> None:
    # 100 examples in batches of 10: ten steps an epoch
    base = "lr: 0.8\nbatch_size: 10\nepochs: 4\n"
    step = parse(base + "schedule: step\ndecay_epochs: 2\n").make_schedule(100)
    assert [step(s) for s in (0, 19, 20, 40)] == pytest.approx([0.8, 0.8, 0.4, 0.2])
    exponential = parse(base + "schedule: exponential\ndecay_epochs: 2\n").make_schedule(100)
    assert [exponential(s) for s in (0, 10, 20)] == pytest.approx([0.8, 0.8 * 0.5**0.5, 0.4])
    cosine = parse(base + "schedule: cosine\n").make_schedule(95)  # the last batch is smaller: ten steps, too
    assert [cosine(s) for s in (0, 20, 40)] == pytest.approx([0.8, 0.4, 0])
    warm = parse(base + "warm_up_epochs: 0.5\n").make_schedule(100)
    assert [warm(s) for s in (0, 4, 30)] == pytest.approx([0.16, 0.8, 0.8])
