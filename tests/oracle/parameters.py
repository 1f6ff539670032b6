"""The parameters of the features (section 0): what they are called, and what they are unless a config says otherwise."""

import dataclasses
from fractions import Fraction

CATEGORIES = ("structural", "dynamic", "rolling", "advanced", "extended")

# What a config may still call them.
OLD_NAMES = {"max_levels": "depth_levels", "horizons": "rolling_windows",
             "hf_sample_interval": "hf_emit_interval", "vpin_bucket_volume": "vpin_bucket_size"}

# Columns that are declared as another name of a column: `legacy_aliases: false` leaves them out.
ALIASES = frozenset((
    "best_bid", "best_ask", "total_bid_volume", "total_ask_volume", "book_pressure", "bid_slope",
    "ask_slope", "log_return_step", "ofi_step", "mlofi_step", "mlofi_decay", "order_flow_toxicity",
    "daily_vol_ann"))


def decimal_fraction(value):
    """The number as it is written: 0.2 is one fifth."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


@dataclasses.dataclass(frozen=True)
class Parameters:
    """Durations in seconds. What decides a comparison is asked for as an exact fraction, below."""

    depth_levels: int = 20
    ofi_levels: int = 10
    ofi_decay_alpha: float = 0.5
    bands_bps: tuple = (5, 10, 25, 50, 100)
    rolling_windows: tuple = (5, 15, 60, 300, 900)
    bar_durations: tuple = (60, 300, 900, 3600)
    hf_emit_interval: float = 1.0
    smart_depth_half_life_bps: float = 5
    spread_regime_window: int = 300
    spread_tight_percentile: float = 0.2
    spread_wide_percentile: float = 0.8
    use_dynamic_spread_regime: bool = True
    tight_spread_threshold_bps: float = 1
    wide_spread_threshold_bps: float = 20
    kyle_lambda_window: int = 300
    enable_vpin: bool = True
    vpin_bucket_size: object = "auto"   # Or a number, in base units.
    vpin_window_buckets: int = 50
    max_state_staleness_seconds: float = 300
    categories: tuple = CATEGORIES
    legacy_aliases: bool = True
    keep_raw_arrays: bool = False

    @classmethod
    def from_config(cls, features):
        """From the `features:` section of a config, old names included."""
        values = {}
        for key, value in features.items():
            name = OLD_NAMES.get(key, key)
            values[name] = tuple(value) if isinstance(value, list) else value
        return cls(**values)

    def has(self, category):
        return category in self.categories

    def exact(self, name):
        """A number of the parameters as the decimal that the config says."""
        return decimal_fraction(getattr(self, name))

    def nanoseconds(self, name):
        return int(self.exact(name) * 1_000_000_000)

    def select(self, row):
        """The row without the columns that are only other names, where a config does not want them."""
        if self.legacy_aliases:
            return row
        return {name: value for name, value in row.items() if name not in ALIASES}


DEFAULT = Parameters()
