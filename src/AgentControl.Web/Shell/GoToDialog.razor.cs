using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>"Go to…", opened by Ctrl+K in the browser; only what was typed comes here.</summary>
public sealed partial class GoToDialog : IDisposable
{
    private List<GoToItem> _items = [];

    /// <summary>The text for which these were found.</summary>
    private string _for = "";
    private CancellationTokenSource? _search;
    private bool _searching;
    private LoadFailure? _failure;

    [Inject]
    private IEnumerable<IGoToSource> Sources { get; set; } = null!;

    [Inject]
    private ILogger<GoToDialog> Logger { get; set; } = null!;

    protected override Task OnInitializedAsync() => FindAsync("");

    public void Dispose()
    {
        var last = _search;
        _search = null;
        last?.Cancel();
        last?.Dispose();
    }

    private Task FindAsync(ChangeEventArgs e) => FindAsync(e.Value as string ?? "");

    /// <summary>What one source finds is shown while the next one still looks, with what was found for fewer letters and fits these too.</summary>
    private async Task FindAsync(string text)
    {
        var (before, search) = (_search, new CancellationTokenSource());
        (_search, _searching, _failure) = (search, true, null);
        if (before is not null)
        {
            await before.CancelAsync();
            before.Dispose();
        }

        try
        {
            var found = new List<GoToItem>();
            foreach (var source in Sources)
            {
                found.AddRange(await source.FindAsync(text, search.Token));
                if (_search != search)
                {
                    return;
                }

                var known = _items.Where(i => i.Text.StartsWith(text.Trim(), StringComparison.OrdinalIgnoreCase));
                (_items, _for) = ([.. found.Concat(known).DistinctBy(i => i.Href, StringComparer.Ordinal)], text);
            }

            _items = [.. found.DistinctBy(i => i.Href, StringComparer.Ordinal)];
        }
        catch (Exception) when (_search != search)
        {
            // The next letter was typed before the answer came.
            return;
        }
        catch (Exception e)
        {
            // The edge of a part: what was found before stays.
            _failure = LoadFailure.Next();
            Log.LoadFailed(Logger, nameof(GoToDialog), _failure.Id, e);
        }

        _searching = false;
    }
}
