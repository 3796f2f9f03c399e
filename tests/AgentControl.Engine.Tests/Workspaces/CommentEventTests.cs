using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Engine.Tests.Workspaces;

/// <summary>What people and agents say about a job is heard where the job is watched.</summary>
public sealed class CommentEventTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_persons_comment_is_one_event_in_the_jobs_log_and_in_the_live_feed()
    {
        var point = new HoldPoint();
        var job = await shared.StartAsync(context =>
            context.StepAsync<object?>("held", async _ => await HeldAsync(point))
        );
        await point.Reached;
        var heard = new ConcurrentQueue<LiveEvent>();
        using var watch = engine
            .Get<EventFeed>()
            .Subscribe(
                job,
                events => events.Where(e => e.Type == EventTypes.CommentAdded).ToList().ForEach(heard.Enqueue)
            );
        var comment = new Comment(Guid.CreateVersion7(), WorkspaceName.Default, Author.Person("Maria"), "Page **12**")
        {
            JobId = job,
            Anchor = new CommentAnchor(CommentAnchor.StepKind, "held#1"),
        };

        // A person's second press carries the same id.
        for (var i = 0; i < 2; i++)
            await engine.Get<WorkspaceComments>().AddAsync(comment, Now);
        point.Open();
        await engine.UntilAsync(job, "succeeded");

        var live = Assert.Single(heard);
        var stored = await engine.ScalarAsync<string[]>(
            $"SELECT ARRAY[no::text, message, data, actor] FROM events WHERE job_id = '{job}' AND type = 'comment.added'"
        );
        Assert.Equal([$"{live.No}", "Page **12**", live.Data!, "Maria"], stored);
        using var data = JsonDocument.Parse(live.Data!);
        Assert.Equal(comment.Id, data.RootElement.GetProperty("commentId").GetGuid());
        var anchor = data.RootElement.GetProperty("anchor");
        Assert.Equal(
            ("step", "held#1"),
            (anchor.GetProperty("kind").GetString(), anchor.GetProperty("id").GetString())
        );
        Assert.Empty(await new InvariantCheck(engine.Database).RunAsync(Now));
    }

    [Fact]
    public async Task An_agents_comment_is_one_event_too()
    {
        var job = await shared.StartAsync(async context =>
        {
            await context.Workspace.CommentAsync("half way", "out/a.txt");
            return null;
        });
        await engine.UntilAsync(job, "succeeded");

        var data = await engine.ScalarAsync<string>(
            $"SELECT data FROM events WHERE job_id = '{job}' AND type = 'comment.added' AND message = 'half way' AND actor IS NULL"
        );
        Assert.Contains("out/a.txt", data, StringComparison.Ordinal);
    }

    private static async Task<object?> HeldAsync(HoldPoint point)
    {
        await point.PassAsync(Now);
        return null;
    }
}
