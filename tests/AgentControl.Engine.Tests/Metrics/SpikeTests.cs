using AgentControl.Core.Metrics;
using AgentControl.Engine.Metrics;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Metrics;

/// <summary>Fourteen ordinary days and one more: an odd hour in it is told, and nothing else is.</summary>
public sealed class SpikeTests(PostgresFixture postgres)
{
    private const int JobsEachHour = 12;
    private static readonly DateTimeOffset _end = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Two hours in which something is odd.</summary>
    private static readonly DateTimeOffset _odd = _end.AddHours(-12);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(MetricWords.Completion)]
    [InlineData(MetricWords.Duration)]
    [InlineData(MetricWords.Retries)]
    [InlineData(MetricWords.Recoveries)]
    public async Task Exactly_the_injected_spike_is_marked(string? odd)
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], new() { ["AgentControl:Role"] = "web" });
        await SeedAsync(engine, odd, new Random(20261120));
        var metrics = engine.Get<MetricQueries>();

        var hourly = await metrics.SeriesAsync(new(new(_end.AddDays(-2), _end)), cancellationToken: Now);
        var spikes = hourly.Lines.SelectMany(line => line.Spikes.Select(spike => (line, spike))).ToList();
        if (odd is null)
        {
            Assert.Empty(spikes);
            var day = await metrics.SeriesAsync(new(new(_end.AddDays(-1), _end)), cancellationToken: Now);
            Assert.Equal(288, day.Lines[0].Points.Count);
            Assert.Empty(day.Lines.SelectMany(line => line.Spikes));
            Assert.All(
                hourly.Lines.SelectMany(line => line.Points.Select(point => (line, point))),
                at => Assert.True(at.point.Band is not null, $"{at.line.Measure} has no band at {at.point.At:u}")
            );
            return;
        }
        Assert.NotEmpty(spikes);
        Assert.All(
            spikes,
            found =>
            {
                Assert.Equal(odd, found.line.Metric);
                Assert.Equal([_odd, _odd.AddHours(1)], found.spike.Select(point => point.At));
            }
        );
        // Median, 95th, working and without people are four measures of one metric; of two services one is odd.
        Assert.Equal(odd == MetricWords.Duration ? 4 : 1, spikes.Count);
        if (odd == MetricWords.Retries)
            Assert.Equal("erp", spikes[0].line.Service);
    }

    [Fact]
    public async Task One_odd_bucket_alone_is_no_spike_and_neither_is_one_on_either_side()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], new() { ["AgentControl:Role"] = "web" });
        var random = new Random(7);
        var tasks = new List<SeededTask>();
        for (var hour = _end.AddDays(-16); hour < _end; hour = hour.AddHours(1))
            tasks.AddRange(
                Enumerable
                    .Range(0, JobsEachHour)
                    .Select(n => new SeededTask(
                        hour.AddMinutes((n * 5) + 1),
                        (
                            hour == _odd ? 600
                            : hour == _odd.AddHours(1) ? 1
                            : 60
                        ) * (0.8 + (0.4 * random.NextDouble()))
                    ))
            );
        await MetricSeeds.AddAsync(engine.Database, tasks);
        var series = await engine
            .Get<MetricQueries>()
            .SeriesAsync(new(new(_end.AddDays(-2), _end)), MetricWords.Duration, Now);
        var median = series.Lines.Single(line => line.Measure == MetricWords.Median);
        Assert.Equal(
            (1, -1),
            (median.Points.Single(p => p.At == _odd).Side, median.Points.Single(p => p.At == _odd.AddHours(1)).Side)
        );
        Assert.Empty(median.Spikes);
    }

    private static async Task SeedAsync(EngineProcess engine, string? odd, Random random)
    {
        var tasks = new List<SeededTask>();
        var use = new List<(DateTimeOffset, string, string, int, int)>();
        var recoveries = new List<(Guid, DateTimeOffset)>();
        for (var hour = _end.AddDays(-17); hour < _end; hour = hour.AddHours(1))
        {
            var here = hour >= _odd && hour < _odd.AddHours(2) ? odd : null;
            // Nights are slower than days, as they are every day.
            var usual = hour.Hour is > 6 and < 20 ? 300 : 900;
            for (var n = 0; n < JobsEachHour; n++)
            {
                var at = hour.AddMinutes((n * 5) + 1);
                var times = here == MetricWords.Duration ? 4 : 1;
                var fails = random.NextDouble() < (here == MetricWords.Completion ? 0.8 : 0.03);
                var seconds = times * usual * (0.7 + (0.6 * random.NextDouble()));
                tasks.Add(
                    new(at, seconds, fails ? "failed" : "succeeded", fails ? "error" : null, WorkedSeconds: seconds / 2)
                );
                use.Add((at, "erp", "test", 40, Hits(40, here == MetricWords.Retries ? 0.5 : 0.03)));
                use.Add((at, "mail", "test", 10, Hits(10, 0.01)));
                if (random.NextDouble() < (here == MetricWords.Recoveries ? 0.9 : 0.02))
                    recoveries.Add((tasks[^1].Id, at));
            }
        }
        await MetricSeeds.AddAsync(engine.Database, tasks);
        await MetricSeeds.UseAsync(engine.Database, use);
        await MetricSeeds.TellAsync(engine.Database, "job.recovered", recoveries);

        int Hits(int of, double chance) => Enumerable.Range(0, of).Count(_ => random.NextDouble() < chance);
    }
}
