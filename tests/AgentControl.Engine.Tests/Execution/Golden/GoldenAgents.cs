using System.Collections.Concurrent;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Execution.Golden;

/// <summary>The code whose journals are checked in. What it asks for and under which names must not change: jobs in flight depend on the same.</summary>
internal sealed class GoldenAgents
{
    private const int Net = 100;
    private const int Gross = 119;

    /// <summary>The keys of the bodies that ran.</summary>
    public ConcurrentQueue<string> Ran { get; } = new();

    /// <summary>What this code knows of the change: a recorded number stands against it.</summary>
    public int Version { get; init; } = 2;

    /// <summary>Gives each of two keyed steps what belongs to the other.</summary>
    public bool Swapped { get; init; }

    public IReadOnlyList<CodeInput> Children { get; init; } = [new("none"), new("none")];

    /// <summary>Every building block once.</summary>
    public async Task<object?> ReferenceAsync(IJobContext job)
    {
        var version = await job.VersionAsync("order", Version);
        var (id, begun) = (job.NewGuid(), job.Now);
        var quotes = await job.Parallel(
            "quotes",
            new[] { "ash", "birch", "cedar" },
            2,
            async (tree, branch, _) =>
            {
                var price = await branch.StepAsync("quote", tree, (name, call) => Body(call, name.Length * 10));
                return tree == "birch" ? await FailingAsync(branch) : $"{tree} {price}";
            }
        );
        var net = await PriceAsync(job, "net", Swapped ? Gross : Net);
        var gross = await PriceAsync(job, "gross", Swapped ? Net : Gross);
        await job.StashAsync("cursor", new Cursor(17, "é"));
        var approval = await job.RequestApprovalAsync(
            new ApprovalRequest { Title = "Send the offer?", Content = $"# {net} / {gross}" }
        );
        var paid = await job.WaitForSignalAsync<Cursor>("paid", TimeSpan.FromDays(30));
        await job.SleepAsync(TimeSpan.FromHours(1));
        var children = await job.WhenChildrenFinish(await job.SpawnAsync("test", Children));
        var cursor = await job.RecallAsync<Cursor>("cursor");
        await job.ContinueOnAsync("review");
        var last = await job.StepAsync("send", call => Body(call, new Cursor(gross, "sent")));
        return new
        {
            version,
            id,
            second = job.NewGuid(),
            begun,
            ended = job.Now,
            quotes,
            net,
            gross,
            approval.Decision,
            approval.Comment,
            approval.DecidedBy,
            approval.Sha256,
            paid,
            children,
            cursor,
            last,
        };
    }

    /// <summary>A job that failed in a step that must not repeat, and was retried by a person.</summary>
    public async Task<object?> RetriedAsync(IJobContext job, bool refused)
    {
        var fetched = await job.StepAsync("fetch", call => Body(call, 7));
        var paid = await job.StepAsync(
            "pay",
            fetched,
            (amount, call) =>
                refused ? throw new PermanentFailureException("refused", "The bank refused") : Body(call, amount * 2),
            new StepOptions { NotIdempotent = true }
        );
        return new { fetched, paid };
    }

    private Task<int> PriceAsync(IJobContext job, string key, int amount) =>
        job.StepAsync("price", amount, (given, call) => Body(call, given * 3), new StepOptions { Key = key });

    private async Task<string> FailingAsync(IJobContext branch)
    {
        try
        {
            return await branch.StepAsync<string>(
                "check",
                call =>
                {
                    Ran.Enqueue(call.Key);
                    throw new PermanentFailureException("broken", "No birch left");
                }
            );
        }
        catch (StepFailedException problem)
        {
            return problem.Failure.Type + " " + problem.Failure.Message;
        }
    }

    private Task<T> Body<T>(StepCall call, T result)
    {
        Ran.Enqueue(call.Key);
        return Task.FromResult(result);
    }
}

/// <summary>A small value of an agent's own.</summary>
internal sealed record Cursor(int At, string Word);
