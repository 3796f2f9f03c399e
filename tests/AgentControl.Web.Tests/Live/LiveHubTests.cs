using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Live;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Live;

public sealed class LiveHubTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_key_that_is_revoked_hears_nothing_more_at_once()
    {
        using var end = new CancellationTokenSource(Patience);
        var keys = program.Services.GetRequiredService<ApiKeys>();
        // One after the other: the regular look, every 5 s, could be on time for one of them, but not for three.
        for (var i = 0; i < 3; i++)
        {
            var made = (ApiKeyOutcome.Created)
                await keys.CreateAsync(Caller.System, new NewApiKey("short", Role.Viewer), end.Token);
            await using var client = await HubReader.ConnectAsync(program, made.Secret, end.Token);
            await client.Hub.InvokeAsync("WatchAll", end.Token);
            var closed = new TaskCompletionSource();
            client.Hub.Closed += _ =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            };

            await keys.RevokeAsync(Caller.System, made.Key.Id, end.Token);

            await closed.Task.WaitAsync(TimeSpan.FromSeconds(2), end.Token);
        }
    }

    [Fact]
    public async Task A_watcher_gets_every_event_of_its_job_in_order_and_the_job_as_it_ends()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var client = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
        var id = await ScheduledAsync("watched", new { steps = 100, payloadBytes = 16 });
        var other = await ScheduledAsync("other", new { steps = 3 });
        var job = await client.Hub.InvokeAsync<JsonElement>("WatchJob", id, end.Token);

        await PostAsync($"jobs/{other}/run-now");
        await PostAsync($"jobs/{id}/run-now");
        var events = await client.UntilAsync(
            m => m.Target == "jobEvent" && m.Argument.Text("type") == "job.succeeded",
            end.Token
        );
        var last = await client.UntilAsync(
            m => m.Target == "jobChanged" && m.Argument.Text("state") == "succeeded",
            end.Token
        );

        var numbers = events
            .Where(m => m.Target == "jobEvent")
            .Select(m => m.Argument.GetProperty("no").GetInt64())
            .ToList();
        // What was on its way while the watch began may come too; nothing behind it is missing or comes twice.
        Assert.InRange(numbers[0], 1, job.GetProperty("lastEvent").GetInt64() + 1);
        Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(n => (long)n), numbers);
        Assert.True(numbers.Count > 200, $"Only {numbers.Count} events.");
        Assert.All(
            events.Concat(last),
            m => Assert.Equal(id, m.Argument.Text(m.Target == "jobChanged" ? "id" : "jobId"))
        );
        Assert.False(last[^1].Argument.TryGetProperty("input", out _), "A summary leaves out the input.");
    }

    [Fact]
    public async Task Who_watches_everything_hears_of_a_circuit_that_changed()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var all = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
        await all.Hub.InvokeAsync("WatchAll", end.Token);
        var name = $"erp-{Guid.NewGuid():n}";
        var commands = program.Services.GetRequiredService<ServiceCommands>();
        await commands.BlockAsync(name, TimeSpan.FromHours(1), "New keys", new("person:ana", "Ana", "test"), end.Token);
        var seen = await all.UntilAsync(
            m => m.Target == "serviceChanged" && m.Argument.Text("name") == name,
            end.Token
        );
        var circuit = seen[^1].Argument.GetProperty("circuit");
        Assert.Equal(("blocked", "New keys"), (circuit.Text("state"), circuit.Text("reason")));
        await commands.ResetAsync(name, new("person:ana", "Ana", "test"), end.Token);
        await all.UntilAsync(
            m => m.Target == "serviceChanged" && m.Argument.GetProperty("circuit").Text("state") == "closed",
            end.Token
        );
    }

    [Fact]
    public async Task Watching_everything_tells_of_approvals_and_respects_workspaces()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var all = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
        await using var legal = await HubReader.ConnectAsync(
            program,
            await program.KeyAsync(Role.Viewer, "legal"),
            end.Token
        );
        using var made = await program.Admin.PutAsync(new Uri("workspaces/legal", UriKind.Relative), null, end.Token);
        await all.Hub.InvokeAsync("WatchAll", end.Token);
        await legal.Hub.InvokeAsync("WatchAll", end.Token);

        var asking = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } })
        ).Text("id")!;
        var seen = await all.UntilAsync(
            m => m.Target == "approvalRequested" && m.Argument.Text("jobId") == asking,
            end.Token
        );
        var approval = seen[^1].Argument;
        using var decided = await program.Admin.SendAsync(
            Json(HttpMethod.Post, $"approvals/{approval.Text("id")}/decide", """{"decision":"approve","revision":1}"""),
            end.Token
        );
        seen = await all.UntilAsync(
            m => m.Target == "approvalDecided" && m.Argument.Text("jobId") == asking,
            end.Token
        );
        var theirs = (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 1 },
                    workspace = "legal",
                }
            )
        ).Text("id")!;
        var inLegal = await legal.UntilAsync(
            m => m.Target == "jobEvent" && m.Argument.Text("type") == "job.succeeded",
            end.Token
        );

        Assert.Equal("approved", seen[^1].Argument.Text("state"));
        Assert.Equal("step 1", approval.Text("content"));
        Assert.All(inLegal.Where(m => m.Target == "jobEvent"), m => Assert.Equal(theirs, m.Argument.Text("jobId")));
    }

    [Fact]
    public async Task Nobody_watches_what_they_may_not_see()
    {
        using var end = new CancellationTokenSource(Patience);
        var id = await ScheduledAsync("secret", new { steps = 1 });
        await using var foreign = await HubReader.ConnectAsync(
            program,
            await program.KeyAsync(Role.Admin, "legal"),
            end.Token
        );

        var refused = await Assert.ThrowsAsync<HubException>(() => foreign.Hub.InvokeAsync("WatchJob", id, end.Token));
        var missing = await Assert.ThrowsAsync<HubException>(() =>
            foreign.Hub.InvokeAsync("WatchJob", "j_0000000000", end.Token)
        );
        var stranger = await Assert.ThrowsAsync<HttpRequestException>(() =>
            HubReader.ConnectAsync(program, "ac_nobody", end.Token)
        );

        Assert.Contains("Viewer role", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no job", missing.Message, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task After_unwatch_nothing_more_comes_of_a_job()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var client = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
        var first = await ScheduledAsync("left", new { steps = 1 });
        var second = await ScheduledAsync("kept", new { steps = 1 });
        await client.Hub.InvokeAsync("WatchJob", first, end.Token);
        await client.Hub.InvokeAsync("WatchJob", second, end.Token);
        await client.Hub.InvokeAsync("UnwatchJob", first, end.Token);

        await PostAsync($"jobs/{first}/run-now");
        await program.WaitForAsync(first, "succeeded");
        await PostAsync($"jobs/{second}/run-now");
        var seen = await client.UntilAsync(
            m => m.Target == "jobEvent" && m.Argument.Text("type") == "job.succeeded",
            end.Token
        );

        // Its submission may still have been on its way while it was watched.
        Assert.All(
            seen.Where(m => m.Target == "jobEvent" && m.Argument.Text("type") != "job.submitted"),
            m => Assert.Equal(second, m.Argument.Text("jobId"))
        );
    }

    private async Task<string> ScheduledAsync(string name, object input) =>
        (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input,
                    name,
                    runAt = "2099-01-01T00:00:00Z",
                }
            )
        ).Text("id")!;

    private async Task PostAsync(string path)
    {
        using var answer = await program.Admin.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }
}

/// <summary>A client of the hub that keeps what came.</summary>
internal sealed class HubReader : IAsyncDisposable
{
    private readonly Channel<(string Target, JsonElement Argument)> messages = Channel.CreateUnbounded<(
        string,
        JsonElement
    )>();

    private HubReader(HubConnection hub) => Hub = hub;

    public HubConnection Hub { get; }

    public static async Task<HubReader> ConnectAsync(ProgramFixture program, string key, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(program.Address, LiveHub.Path),
                o => o.AccessTokenProvider = () => Task.FromResult<string?>(key)
            )
            .Build();
        var reader = new HubReader(hub);
        foreach (
            var target in new[]
            {
                "jobEvent",
                "jobChanged",
                "approvalRequested",
                "approvalDecided",
                "anomaly",
                "serviceChanged",
                "stepOutput",
                "readAgain",
            }
        )
            hub.On<JsonElement>(target, argument => reader.messages.Writer.TryWrite((target, argument)));
        await hub.StartAsync(stop);
        return reader;
    }

    /// <summary>Everything up to and with the first message that this is true of.</summary>
    public async Task<List<(string Target, JsonElement Argument)>> UntilAsync(
        Func<(string Target, JsonElement Argument), bool> isLast,
        CancellationToken stop
    )
    {
        var seen = new List<(string Target, JsonElement Argument)>();
        do seen.Add(await messages.Reader.ReadAsync(stop));
        while (!isLast(seen[^1]));
        return seen;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
