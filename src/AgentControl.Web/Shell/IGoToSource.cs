namespace AgentControl.Web.Shell;

/// <summary>A place that "Go to…" offers.</summary>
internal sealed record GoToItem(string Text, string Href, string Icon, string? Hint = null);

/// <summary>Finds places for "Go to…"; registered once for pages and once for each kind of thing that has an id.</summary>
internal interface IGoToSource
{
    Task<IReadOnlyList<GoToItem>> FindAsync(string text, CancellationToken cancellationToken);
}

/// <summary>The pages of the rail and the actions that stand everywhere.</summary>
internal sealed class PageGoToSource : IGoToSource
{
    private const int Most = 12;

    private static readonly GoToItem[] _all =
    [
        .. Navigation.Items.Select(i => new GoToItem(i.Name, i.Href, i.Icon, i.Chord is null ? null : $"g {i.Chord}")),
        new("New job", "/jobs/new", "plus", "n"),
    ];

    public Task<IReadOnlyList<GoToItem>> FindAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<GoToItem> found =
        [
            .. _all.Where(i => i.Text.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase)).Take(Most),
        ];
        return Task.FromResult(found);
    }
}
