using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Engine.Access;
using AgentControl.Engine.Live;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>Waiting for a job: by signals, bounded, and never longer than anybody wants the answer.</summary>
public sealed class WaitTests(ProgramFixture program, PostgresFixture postgres) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wait_ends_with_the_job_and_tells_how_far_it_is_meanwhile()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await AskingAsync(program);
        var told = new Told();

        var wait = caller.CallAsync(
            "wait_for_job",
            new
            {
                job,
                until = "ended",
                timeoutSeconds = 300,
            },
            told
        );
        var first = await told.NextAsync();
        Assert.False(wait.IsCompleted);
        await ApproveAsync(job);
        var answer = (await wait).StructuredContent!.Value;

        Assert.StartsWith("needs_approval", first.Message, StringComparison.Ordinal);
        Assert.Equal("ended", answer.Text("reason"));
        Assert.Equal("succeeded", answer.GetProperty("job").Text("state"));
        var all = told.All;
        Assert.Equal(all.Order(), all);
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Theory]
    [InlineData("settled", "needsPerson")]
    [InlineData("ended", "timeout")]
    public async Task A_job_that_stands_until_a_person_acts_is_settled(string until, string reason)
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await AskingAsync(program);

        var answer = await caller.AskAsync(
            "wait_for_job",
            new
            {
                job,
                until,
                timeoutSeconds = 0.05,
            }
        );

        Assert.Equal(reason, answer.Text("reason"));
        Assert.Equal("approval", answer.GetProperty("job").GetProperty("waitingFor").Text("kind"));
    }

    [Fact]
    public async Task A_paused_job_is_settled_and_says_how_it_goes_on()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await ScheduledAsync();
        await caller.AskAsync("wait_for_job", new { job, timeoutSeconds = 0 });
        var asking = await AskingAsync(program);
        await caller.AskAsync("pause_job", new { job = asking });

        var answer = await caller.AskAsync("wait_for_job", new { job = asking });

        Assert.Equal("paused", answer.Text("reason"));
        Assert.Contains("resume_job", answer.Text("next"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_changes_goes_on_behind_the_number_that_is_known()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await ScheduledAsync();
        var known = (await caller.AskAsync("wait_for_job", new { job, timeoutSeconds = 0 }))
            .GetProperty("lastEvent")
            .GetInt64();

        var none = await caller.AskAsync(
            "wait_for_job",
            new
            {
                job,
                until = "changed",
                after = known,
                timeoutSeconds = 0,
            }
        );
        var old = await caller.AskAsync(
            "wait_for_job",
            new
            {
                job,
                until = "changed",
                after = known - 1,
                timeoutSeconds = 0,
            }
        );
        var told = new Told();
        var wait = caller.CallAsync(
            "wait_for_job",
            new
            {
                job,
                until = "changed",
                timeoutSeconds = 300,
            },
            told
        );
        await told.NextAsync();
        await program.Admin.PostAsJsonAsync($"jobs/{job}/comments", new { body = "x" }, Stop);
        var changed = (await wait).StructuredContent!.Value;

        Assert.Equal("timeout", none.Text("reason"));
        Assert.Equal("changed", old.Text("reason"));
        Assert.Equal("changed", changed.Text("reason"));
        Assert.True(changed.GetProperty("lastEvent").GetInt64() > known);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-06-18")]
    public async Task A_wait_that_is_cancelled_leaves_nothing_behind(string? version)
    {
        await using var caller = await McpCaller.ConnectAsync(program, ProgramFixture.AdminKey, version);
        var job = await ScheduledAsync();
        var told = new Told();
        using var given = new CancellationTokenSource();

        var wait = caller.CallAsync("wait_for_job", new { job, timeoutSeconds = 300 }, told, given.Token);
        await told.NextAsync();
        Assert.True(IsWatched(program, job));
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        if (version is not null)
            await caller.DisposeAsync();
        await Eventually.TrueAsync(() => !IsWatched(program, job), Stop);
    }

    [Fact]
    public async Task A_key_that_is_revoked_hears_no_more()
    {
        var keys = program.Services.GetRequiredService<ApiKeys>();
        var made = Assert.IsType<ApiKeyOutcome.Created>(
            await keys.CreateAsync(Caller.System, new NewApiKey("soon gone", Role.Viewer), Stop)
        );
        await using var caller = await McpCaller.ConnectAsync(program, made.Secret);
        var job = await ScheduledAsync();
        var told = new Told();
        var wait = caller.CallAsync(
            "wait_for_job",
            new
            {
                job,
                until = "changed",
                timeoutSeconds = 300,
            },
            told
        );
        await told.NextAsync();

        using var revoked = await program.Admin.DeleteAsync(new Uri($"keys/{made.Key.Id}", UriKind.Relative), Stop);
        Assert.True(revoked.IsSuccessStatusCode);
        await program.Admin.PostAsJsonAsync($"jobs/{job}/comments", new { body = "secret" }, Stop);

        Assert.StartsWith("forbidden: ", McpCaller.Text(await wait), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => caller.CallAsync("list_agents", new { }));
    }

    [Fact]
    public async Task A_wait_ends_when_the_program_stops()
    {
        await using var other = new ProgramFixture(postgres);
        await other.InitializeAsync();
        await using var caller = await McpCaller.AdminAsync(other);
        var job = await AskingAsync(other);
        var told = new Told();
        var wait = caller.CallAsync(
            "wait_for_job",
            new
            {
                job,
                until = "ended",
                timeoutSeconds = 300,
            },
            told
        );
        await told.NextAsync();

        other.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal("stopping", (await wait).StructuredContent!.Value.Text("reason"));
    }

    [Fact]
    public async Task A_wait_is_bounded()
    {
        await using var caller = await McpCaller.AdminAsync(program);

        Assert.StartsWith(
            "invalid: timeoutSeconds: ",
            await caller.RefusalAsync("wait_for_job", new { job = await ScheduledAsync(), timeoutSeconds = 301 }),
            StringComparison.Ordinal
        );
    }

    private async Task ApproveAsync(string job)
    {
        var approvals = await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job}", Stop);
        var approval = approvals.Items().Single();
        using var decided = await program.Admin.PostAsJsonAsync(
            $"approvals/{approval.Text("id")}/decide",
            new { decision = "approve", revision = approval.GetProperty("revision").GetInt32() },
            Stop
        );
        Assert.True(decided.IsSuccessStatusCode);
    }

    private static async Task<string> AskingAsync(ProgramFixture program)
    {
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } });
        await program.WaitForAsync(job.Text("id")!, "waiting");
        return job.Text("id")!;
    }

    private async Task<string> ScheduledAsync() =>
        (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 1 },
                    runAt = DateTimeOffset.UtcNow.AddDays(1),
                }
            )
        ).Text("id")!;

    private static bool IsWatched(ProgramFixture program, string job) =>
        Watchers(program.Services.GetRequiredService<EventFeed>()).ContainsKey(Guid.Parse(job));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "byJob")]
    private static extern ref ConcurrentDictionary<Guid, ImmutableArray<Action<IReadOnlyList<LiveEvent>>>> Watchers(
        EventFeed feed
    );

    /// <summary>What a client hears of a call while it runs.</summary>
    private sealed class Told : IProgress<ProgressNotificationValue>
    {
        private readonly Channel<ProgressNotificationValue> arrived =
            Channel.CreateUnbounded<ProgressNotificationValue>();
        private readonly ConcurrentQueue<float> all = new();

        public IReadOnlyList<float> All => [.. all];

        public void Report(ProgressNotificationValue value)
        {
            all.Enqueue(value.Progress);
            arrived.Writer.TryWrite(value);
        }

        public async Task<ProgressNotificationValue> NextAsync() =>
            await arrived.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }
}
