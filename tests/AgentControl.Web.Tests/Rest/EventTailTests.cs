using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

public sealed class EventTailTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Readers_that_come_at_any_time_get_every_event_once_and_in_order()
    {
        using var end = new CancellationTokenSource(Patience);
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 300, payloadBytes = 16 } })
        ).Text("id")!;

        var readers = new List<Task<List<long>>>();
        for (var reader = 0; reader < 4; reader++)
        {
            readers.Add(UntilEndAsync(job, reader * 7, end.Token));
            await program.Admin.GetAsync(new Uri($"jobs/{job}", UriKind.Relative), end.Token);
        }
        var seen = await Task.WhenAll(readers);

        for (var reader = 0; reader < seen.Length; reader++)
        {
            var from = (reader * 7) + 1;
            Assert.Equal(Enumerable.Range(from, seen[reader].Count).Select(n => (long)n), seen[reader]);
            Assert.Equal(seen[0][^1], seen[reader][^1]);
        }
        Assert.True(seen[0].Count > 600, $"Only {seen[0].Count} events.");
    }

    [Fact]
    public async Task A_reader_that_comes_back_goes_on_behind_its_last_event()
    {
        using var end = new CancellationTokenSource(Patience);
        var job = (await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 3 } })).Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        await using var tail = await EventStream.OpenAsync(program.Admin, job, 4, end.Token);

        Assert.Equal(5, (await tail.NextAsync(end.Token)).GetProperty("no").GetInt64());
    }

    [Fact]
    public async Task Pages_and_filters_of_the_log()
    {
        var job = (await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 5 } })).Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        var first = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/events?limit=3");
        var rest = await program.Admin.GetFromJsonAsync<JsonElement>(
            $"jobs/{job}/events?limit=200&cursor={first.Text("nextCursor")}"
        );
        var steps = await program.Admin.GetFromJsonAsync<JsonElement>(
            $"jobs/{job}/events?type=step.completed&limit=200"
        );
        var jobs = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/events?type=job.*&after=1");
        var errors = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/events?level=error");

        var numbers = first.Items().Concat(rest.Items()).Select(e => e.GetProperty("no").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
        Assert.Equal(5, steps.Items().Count());
        Assert.All(steps.Items(), e => Assert.True(e.GetProperty("data").TryGetProperty("key", out _)));
        Assert.Equal(["job.started", "job.succeeded"], jobs.Items().Select(e => e.Text("type")));
        Assert.Empty(errors.Items());
    }

    private async Task<List<long>> UntilEndAsync(string job, long after, CancellationToken stop)
    {
        await using var tail = await EventStream.OpenAsync(program.Admin, job, after, stop);
        var numbers = new List<long>();
        while (true)
        {
            var one = await tail.NextAsync(stop);
            numbers.Add(one.GetProperty("no").GetInt64());
            if (one.Text("type") == "job.succeeded")
                return numbers;
        }
    }
}
