using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Schedules;

/// <summary>A schedule of a test, in an engine whose clock the test moves. It is deleted behind the test.</summary>
internal sealed class ScheduleWorld(SharedEngine shared) : IAsyncDisposable
{
    public static readonly Caller Ana = new(CallerKind.Person, Guid.Empty, "Ana")
    {
        Roles = Caller.Global(Role.Operator),
    };

    public string Name { get; } = $"s{Guid.NewGuid():n}"[..20];

    public EngineProcess Engine => shared.Engine;

    public ScheduleCommands Commands => Engine.Get<ScheduleCommands>();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Due at each full hour.</summary>
    public ScheduleDefinition Hourly(Func<IJobContext, Task<object?>>? code = null) =>
        new()
        {
            Cron = "0 * * * *",
            TimeZone = "UTC",
            Job = new JobSubmission
            {
                Agent = "test",
                Input = JsonSerializer.SerializeToElement(
                    shared.Input((job, _) => (code ?? (_ => Task.FromResult<object?>("done")))(job)),
                    JournalJson.Options
                ),
            },
        };

    public async Task<DateTimeOffset?> SaveAsync(ScheduleDefinition definition, int? version = null)
    {
        var outcome = await Commands.SaveAsync(Name, version, definition, Ana, Now);
        Assert.True(
            outcome is ScheduleOutcome.Saved,
            outcome is ScheduleOutcome.Invalid invalid
                ? string.Join(' ', invalid.Errors.Select(e => $"{e.Key}: {e.Value[0]}"))
                : outcome.ToString()
        );
        return (await FindAsync()).NextAt;
    }

    public async Task<ScheduleView> FindAsync() =>
        await Engine.Get<ScheduleQueries>().FindAsync(Name, Now)
        ?? throw new InvalidOperationException($"There is no {Name}.");

    /// <summary>Moves the clock to so long behind the next due time.</summary>
    public async Task<DateTimeOffset> ComeDueAsync(TimeSpan behind = default)
    {
        var due = await ComeDueUnheardAsync(behind);
        Engine.Get<ScheduleEnqueuer>().Ring();
        return due;
    }

    /// <summary>The same, and the engine's own loop sleeps on.</summary>
    public async Task<DateTimeOffset> ComeDueUnheardAsync(TimeSpan behind = default)
    {
        var due = (await FindAsync()).NextAt!.Value;
        await MoveToAsync(due + behind);
        return due;
    }

    /// <summary>The engine's clock says this a second ago.</summary>
    public async Task MoveToAsync(DateTimeOffset at)
    {
        await using var command = Engine.Database.CreateCommand(
            "UPDATE clock SET shift = shift + ($1 - ac_now()) + interval '1 second'"
        );
        command.Parameters.Add(new() { Value = at.UtcDateTime });
        await command.ExecuteNonQueryAsync(Now);
    }

    /// <summary>The history, oldest first, as soon as it has so many lines of which none waits for its turn.</summary>
    public async Task<IReadOnlyList<ScheduleRunView>> RunsAsync(int count) =>
        await UntilAsync(runs => runs.Count >= count);

    public async Task<IReadOnlyList<ScheduleRunView>> UntilAsync(Func<IReadOnlyList<ScheduleRunView>, bool> so)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Now);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var changed = new SemaphoreSlim(0);
        using var watch = Engine.Get<ScheduleChanges>().Subscribe(_ => changed.Release());
        while (true)
        {
            var page = await Engine.Get<ScheduleQueries>().RunsAsync(Name, limit: 200, cancellationToken: Now);
            IReadOnlyList<ScheduleRunView> runs = [.. page.Items.Reverse()];
            if (so(runs))
                return runs;
            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(string.Join('\n', runs.Select(r => r.ToString())));
            }
        }
    }

    public Task<long> JobsAsync() => Engine.ScalarAsync<long>($"SELECT count(*) FROM jobs WHERE schedule = '{Name}'");

    public async ValueTask DisposeAsync() => await Commands.DeleteAsync(Name, null, Ana, CancellationToken.None);
}
