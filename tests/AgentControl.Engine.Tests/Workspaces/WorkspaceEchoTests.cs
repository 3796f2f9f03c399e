using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspaceEchoTests(PostgresFixture fixture)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task What_another_process_writes_reaches_the_watchers_here_once()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var here = new WorkspaceChanges();
        using var watcher = new WorkspaceWatcher(bundle.Data, here, bundle.Time, NullLogger<WorkspaceWatcher>.Instance);
        var told = 0;
        await bundle.WriteAsync("a.txt", [1]);
        await watcher.LookAsync(Token);
        Assert.Equal(0, told);

        using var watch = here.Watch("default", () => told++);
        await watcher.LookAsync(Token);
        Assert.Equal(1, told);
        await watcher.LookAsync(Token);
        Assert.Equal(1, told);
        await bundle.WriteAsync("a.txt", [2]);
        await watcher.LookAsync(Token);
        Assert.Equal(2, told);
    }

    [Fact]
    public async Task A_slow_commit_with_an_older_instant_is_seen_too()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var here = new WorkspaceChanges();
        using var watcher = new WorkspaceWatcher(bundle.Data, here, bundle.Time, NullLogger<WorkspaceWatcher>.Instance);
        var told = 0;
        using var watch = here.Watch("default", () => told++);
        await using var connection = await bundle.Data.OpenConnectionAsync(Token);
        await using var slow = await connection.BeginTransactionAsync(Token);
        await WorkspaceFeed.AppendAsync(
            connection,
            new Activity(Guid.CreateVersion7(), "default", "job.started", Author.Agent("a")),
            Token
        );
        await bundle.WriteAsync("later.txt", [1]);
        await watcher.LookAsync(Token);
        Assert.Equal(1, told);

        await slow.CommitAsync(Token);
        await watcher.LookAsync(Token);

        Assert.Equal(2, told);
    }

    [Fact]
    public async Task A_jobs_start_and_end_are_lines_once_however_often_they_are_told()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var feed = new EventFeed();
        var job = await JobAsync(bundle, "NULL");
        var child = await JobAsync(bundle, $"'{job}'");
        using var echo = new JobActivity(
            bundle.Data,
            bundle.Changes,
            feed,
            bundle.Time,
            NullLogger<JobActivity>.Instance
        );
        var told = 0;
        using var watch = bundle.Changes.Watch("default", () => told++);

        for (var i = 0; i < 2; i++)
        {
            feed.Publish([
                Event(job, 2, EventTypes.JobStarted),
                Event(child, 2, EventTypes.JobStarted),
                Event(job, 5, EventTypes.StepCompleted),
            ]);
            feed.Publish([Event(job, 7, EventTypes.JobStarted), Event(job, 9, EventTypes.JobSucceeded)]);
            await echo.WriteAsync(Token);
        }

        var lines = (await bundle.Feed.ReadAsync("default", null, null, 50, Token)).Items;
        Assert.Equal([EventTypes.JobSucceeded, EventTypes.JobStarted], lines.Select(l => l.Kind));
        Assert.All(
            lines,
            l => Assert.Equal((job, "forty contracts", "contracts"), (l.JobId!.Value, l.Text, l.By.Name))
        );
        Assert.Equal(1, told);
    }

    private static LiveEvent Event(Guid job, long no, string type) =>
        new(job, no, DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(no), type, "info", "", null, null);

    private static async Task<Guid> JobAsync(WorkspaceBundle bundle, string parent)
    {
        var id = Guid.CreateVersion7();
        await bundle.AskAsync<Guid>(
            $"INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, parent_id, submitted_by, submitted_at, timeout_seconds, max_attempts, input) VALUES ('{id}', 'j_{id}', 'forty contracts', 'contracts', '1', 'default', '{{}}', 'default', {parent}, 'x', now(), 60, 5, '') RETURNING id"
        );
        return id;
    }
}
