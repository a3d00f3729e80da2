"""What achievements are worth, in DeltaCoins. One that is not here is its own reward."""

REWARDS = {
    "TRIPLE_CROWN": 200,
    "CHAMPION": 500,
    "LEGEND": 2_500,
    "TOURNAMENT_GRINDER": 250,
    "TOURNAMENT_COMPETITOR": 1_000,
    "CONSISTENT": 150,
    "LEVEL_25": 100,
    "LEVEL_50": 500,
    "LEVEL_100": 2_000,
}
