using AgentControl.Engine.Metrics;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Metrics;

/// <summary>The tiles of the overview say what the page of metrics says, over the same time and of the same jobs.</summary>
public sealed class OverviewQueriesTests(PostgresFixture postgres)
{
    private static readonly Dictionary<string, string?> _idle = new() { ["AgentControl:Role"] = "web" };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("24h", 24, 1)]
    [InlineData("7d", 7 * 24, 6)]
    [InlineData("30d", 30 * 24, 24)]
    public async Task Each_span_agrees_with_the_summary_and_its_picture_with_the_series(
        string range,
        int hours,
        int hoursOfAPoint
    )
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        var metrics = engine.Get<MetricQueries>();
        await SeedAsync(engine, await metrics.NowAsync(Now));

        var tiles = await engine.Get<OverviewQueries>().TilesAsync(range, visible: null, Now);

        var window = MetricWindow.Last(range, await metrics.NowAsync(Now))!;
        var summary = await metrics.SummaryAsync(new(window), Now);
        Assert.Equal(range, tiles.Range);
        Assert.Equal(summary.Now.Tasks, tiles.Tasks);
        Assert.Equal(summary.Now.DurationSeconds.Median, tiles.MedianSeconds);
        Assert.Equal(tiles.Tasks.Ended, tiles.EndedPerHour * hours, 6);
        Assert.True(tiles.Tasks is { Succeeded: > 0, Failed: > 0 }, "The seed covers each span.");

        var series = await metrics.SeriesAsync(new(window), MetricWords.Completion, Now);
        var drawn = Assert
            .Single(series.Lines)
            .Points.GroupBy(p => p.At.ToUnixTimeSeconds() / (hoursOfAPoint * 3600))
            .Select(points => (Done: points.Sum(p => (p.Value ?? 0) * p.Count), Of: points.Sum(p => p.Count)))
            .Select(points => points.Of == 0 ? (double?)null : points.Done / points.Of)
            .ToList();
        Assert.Contains(null, drawn);
        Assert.Equal(drawn.Count, tiles.Completion.Count);
        Assert.All(
            drawn.Zip(tiles.Completion),
            pair => Assert.True(Alike(pair.First, pair.Second), $"{pair.First} is drawn as {pair.Second}.")
        );
        Assert.Equal(tiles.Completion.Select(p => p is null), tiles.Median.Select(p => p is null));
    }

    [Fact]
    public async Task The_picture_of_the_median_is_the_median_of_each_part()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        var now = await engine.Get<MetricQueries>().NowAsync(Now);
        var late = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        await MetricSeeds.AddAsync(
            engine.Database,
            [new(late.AddSeconds(-1), 100), new(late.AddSeconds(-2), 300), new(late.AddDays(-3).AddSeconds(1), 7)]
        );

        var tiles = await engine.Get<OverviewQueries>().TilesAsync("7d", visible: null, Now);

        Assert.Equal([7d, 200d], tiles.Median.OfType<double>());
        Assert.Equal(100, tiles.MedianSeconds);
    }

    [Fact]
    public async Task Who_may_see_one_workspace_is_told_of_its_jobs_alone()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        var at = (await engine.Get<MetricQueries>().NowAsync(Now)).AddMinutes(-1);
        await MetricSeeds.AddAsync(
            engine.Database,
            [new(at, 30), new(at, 30, "failed", "error", Workspace: "secret"), new(at, 90, Workspace: "secret")]
        );
        var overview = engine.Get<OverviewQueries>();

        var all = await overview.TilesAsync("24h", visible: null, Now);
        var mine = await overview.TilesAsync("24h", ["default"], Now);

        Assert.Equal((2, 1), (all.Tasks.Succeeded, all.Tasks.Failed));
        Assert.Equal((1, 0, 30d), (mine.Tasks.Succeeded, mine.Tasks.Failed, mine.MedianSeconds));
        Assert.Equal([1d], mine.Completion.OfType<double>());
        Assert.Equal(0, (await overview.TilesAsync("24h", [], Now)).Tasks.Ended);
    }

    private static bool Alike(double? one, double? other) =>
        one is null ? other is null : other is { } value && Math.Abs(one.Value - value) < 1e-9;

    /// <summary>Busy and quiet hours over 32 days; the last hours of each span have some of everything.</summary>
    private static Task SeedAsync(EngineProcess engine, DateTimeOffset now)
    {
        var random = new Random(5);
        return MetricSeeds.AddAsync(
            engine.Database,
            [
                .. Enumerable
                    .Range(0, 400)
                    .Select(n => new SeededTask(
                        now.AddMinutes(
                            -1
                                * (n % 3) switch
                                {
                                    0 => random.Next(5, 8 * 60),
                                    1 => random.Next(2 * 24 * 60, 3 * 24 * 60),
                                    _ => random.Next(20 * 24 * 60, 32 * 24 * 60),
                                }
                        ),
                        random.Next(1, 5000),
                        n % 5 == 0 ? "failed" : "succeeded",
                        n % 5 == 0 ? "error" : null
                    )),
            ]
        );
    }
}
