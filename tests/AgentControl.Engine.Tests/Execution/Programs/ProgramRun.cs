using System.Collections.Concurrent;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Execution.Programs;

/// <summary>One job that runs a program on the engine; its attempts are cut where the program says.</summary>
internal sealed class ProgramRun(SharedEngine shared, RandomProgram program)
{
    public const int Version = 7;
    private readonly EngineProcess engine = shared.Engine;

    /// <summary>Cuts that are still to be made.</summary>
    public ConcurrentDictionary<int, Cut> Cuts { get; } = new(program.Cuts);

    /// <summary>What the steps did to the world, in its order.</summary>
    public ConcurrentQueue<(string Key, string StepId, DateTimeOffset At)> Effects { get; } = [];

    /// <summary>What each line was given by the engine in each of its runs.</summary>
    public ConcurrentQueue<(int Line, Guid Id, DateTimeOffset Now)> Derived { get; } = [];

    public static string Word(Line line) => $"word {line.No}";

    /// <summary>Runs the job to its end, or to where only a person can help.</summary>
    public async Task<Guid> FinishAsync()
    {
        var job = await shared.StartAsync(
            async (context, end) => await RunAsync(program.Root, "", "", context, new Life(end)),
            submission => submission with { MaxAttempts = 50 }
        );
        await engine.UntilTrueAsync(
            job,
            $"SELECT state IN ('succeeded','failed','cancelled') OR COALESCE(waiting_kind, '') = 'approval' FROM job_runs WHERE job_id = '{job}'"
        );
        return job;
    }

    private async Task<string> RunAsync(
        IReadOnlyList<Line> lines,
        string block,
        string seen,
        IJobContext job,
        Life life
    )
    {
        foreach (var line in lines)
        {
            await life.LiveAsync();
            if (Cuts.TryGetValue(line.No, out var cut) && cut is Cut.Death or Cut.Throw)
                await CutAsync(line, cut, job, life);
            seen += await DoAsync(line, block, seen, job, life);
        }
        return seen;
    }

    private async Task<string> DoAsync(Line line, string block, string seen, IJobContext job, Life life)
    {
        switch (line.Deed)
        {
            case Deed.Work or Deed.WorkUnderOwnKey:
                var options = new StepOptions { Key = line.Deed == Deed.Work ? null : $"item:{line.No}" };
                return await job.StepAsync(
                    line.Name,
                    seen,
                    (input, call) => ActAsync(line, call, job, life, $"{line.Name}{input.Length} "),
                    options
                );
            case Deed.Break:
                try
                {
                    return await job.StepAsync<string>(
                        line.Name,
                        async call =>
                            throw new PermanentFailureException(
                                "broken",
                                await ActAsync(line, call, job, life, $"broken{line.No} ")
                            )
                    );
                }
                catch (StepFailedException problem)
                {
                    return problem.Failure.Message;
                }
            case Deed.Derive:
                var derived = (line.No, Id: job.NewGuid(), job.Now);
                Derived.Enqueue(derived);
                return await job.StepAsync(
                    "derived",
                    new { derived.Id, derived.Now },
                    (_, call) => ActAsync(line, call, job, life, "derived ")
                );
            case Deed.Keep:
                await job.StashAsync(line.Name + block, seen.Length);
                return "";
            case Deed.Recall:
                return $"kept{await job.RecallAsync<int>(line.Name + block)} ";
            case Deed.Choose:
                return $"{line.Name}{await job.VersionAsync(line.Name, Version)} ";
            case Deed.Nap:
                await job.SleepAsync(TimeSpan.FromMilliseconds(2));
                return "";
            case Deed.Say:
                job.Log(Word(line));
                return "";
            default:
                var ends = await job.Parallel(
                    line.Name,
                    line.Branches.Select((lines, i) => (Lines: lines, I: i)).ToList(),
                    line.Limit,
                    (branch, inner, _) => RunAsync(branch.Lines, $"@{line.No}.{branch.I}", $"{branch.I} ", inner, life)
                );
                return $"[{string.Join("|", ends)}] ";
        }
    }

    private async Task CutAsync(Line line, Cut cut, IJobContext job, Life life)
    {
        if (cut == Cut.Throw)
        {
            Cuts.TryRemove(line.No, out _);
            throw new InvalidOperationException("Cut");
        }
        await DieAsync(line, job, life);
        await job.StepAsync("zombie", _ => Task.FromResult(0));
        throw new PermanentFailureException("zombie", "The dead wrote into the journal.");
    }

    private async Task<string> ActAsync(Line line, StepCall call, IJobContext job, Life life, string result)
    {
        await life.LiveAsync(() => Effects.Enqueue((call.Key, call.StepId, DateTimeOffset.UtcNow)));
        if (!Cuts.TryGetValue(line.No, out var cut))
            return result;
        if (cut == Cut.DeathInStep)
            await DieAsync(line, job, life);
        else if (Cuts.TryRemove(line.No, out _))
            throw new IOException("Cut");
        return result;
    }

    /// <summary>From here on this attempt is a dead worker's: it does nothing more, and another one takes the job up.</summary>
    private async Task DieAsync(Line line, IJobContext job, Life life)
    {
        if (!life.TryEnd())
            await life.LiveAsync();
        Cuts.TryRemove(line.No, out _);
        await engine.LoseWorkerAsync(job.Job.Id, job.Job.Attempt);
    }

    /// <summary>Of one attempt. Code of a dead worker stands still, whichever branch it is in.</summary>
    private sealed class Life(CancellationToken forgotten)
    {
        private readonly Lock gate = new();
        private bool over;

        public bool TryEnd()
        {
            lock (gate)
                return !over && (over = true);
        }

        /// <summary>What is done here was done before the death, or never.</summary>
        public Task LiveAsync(Action? deed = null)
        {
            lock (gate)
            {
                if (over)
                    return Task.Delay(Timeout.Infinite, forgotten);
                deed?.Invoke();
                return Task.CompletedTask;
            }
        }
    }
}
