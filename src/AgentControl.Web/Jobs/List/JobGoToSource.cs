using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Jobs.List;

/// <summary>The newest jobs whose name or id begins with what was typed, of those that the caller may look into. It asks the database when the typing rests.</summary>
internal sealed class JobGoToSource(JobQueries jobs, ICallerAccessor callers, TimeProvider time) : IGoToSource
{
    /// <summary>One letter begins too many names.</summary>
    private const int Least = 2;

    private const int Most = 6;

    /// <summary>Longer than from one letter to the next.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    public async Task<IReadOnlyList<GoToItem>> FindAsync(string text, CancellationToken cancellationToken)
    {
        var words = text.Trim();
        if (words.Length < Least)
            return [];
        await Task.Delay(Rest, time, cancellationToken);
        if (await callers.CurrentAsync(cancellationToken) is not { } caller)
            return [];
        var found = await jobs.ListAsync(
            new() { Text = words, Visible = caller.Workspaces },
            limit: Most,
            cancellationToken: cancellationToken
        );
        return [.. found.Items.Select(Item)];
    }

    private static GoToItem Item(JobSummary job)
    {
        var look = StateLook.Of(job.Label);
        return new(job.Name, $"/jobs/{job.ShortId}", look.Icon, $"{look.Label} · {job.ShortId}");
    }
}
