using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>"Go to…", opened by Ctrl+K in the browser; only what was typed comes here.</summary>
public sealed partial class GoToDialog : IDisposable
{
    private List<GoToItem> _items = [];
    private CancellationTokenSource? _search;

    [Inject]
    private IEnumerable<IGoToSource> Sources { get; set; } = null!;

    protected override Task OnInitializedAsync() => FindAsync("");

    public void Dispose()
    {
        _search?.Cancel();
        _search?.Dispose();
    }

    private Task FindAsync(ChangeEventArgs e) => FindAsync(e.Value as string ?? "");

    private async Task FindAsync(string text)
    {
        if (_search is not null)
        {
            await _search.CancelAsync();
            _search.Dispose();
        }

        var search = _search = new CancellationTokenSource();
        try
        {
            var found = new List<GoToItem>();
            foreach (var source in Sources)
            {
                found.AddRange(await source.FindAsync(text, search.Token));
            }

            if (_search == search)
            {
                _items = [.. found.DistinctBy(i => i.Href, StringComparer.Ordinal).Take(12)];
            }
        }
        catch (OperationCanceledException) when (_search != search)
        {
            // The next letter was typed before the answer came.
        }
    }
}
