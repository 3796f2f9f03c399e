using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Bulk;

/// <summary>What can be done with the selected jobs. Each choice freezes the set and leads to its page, where it is confirmed.</summary>
public sealed partial class BulkBar
{
    private string _tag = "";
    private string? _error;
    private bool _tagging;
    private bool _busy;

    [Inject]
    private BulkCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyCollection<Guid> Selected { get; set; } = [];

    /// <summary>All that match the search, not only those of the page.</summary>
    [Parameter]
    public bool AllMatching { get; set; }

    [Parameter, EditorRequired]
    public long Total { get; set; }

    [Parameter, EditorRequired]
    public JobFilter Filter { get; set; } = JobFilter.None;

    /// <summary>The search in words.</summary>
    [Parameter]
    public string Query { get; set; } = "";

    /// <summary>Why nothing can be done; null where it can.</summary>
    [Parameter]
    public string? Lock { get; set; }

    [Parameter]
    public EventCallback OnAll { get; set; }

    [Parameter]
    public EventCallback OnClear { get; set; }

    /// <summary>The older one is A: ids are ordered by time.</summary>
    private string CompareHref => $"/jobs/compare?a={ShortId.Of(Selected.Min())}&b={ShortId.Of(Selected.Max())}";

    private Task ChooseAsync(string action)
    {
        _tagging = action == "tag";
        return _tagging ? Task.CompletedTask : FreezeAsync(action);
    }

    private async Task FreezeAsync(string action)
    {
        if (await Callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return;
        _busy = true;
        try
        {
            var wish = new BulkWish(action)
            {
                Tag = action == "tag" ? _tag : null,
                Jobs = AllMatching ? null : Selected,
                Filter = AllMatching ? Filter : null,
                Query = AllMatching ? (Query.Length == 0 ? "everything" : Query) : null,
            };
            switch (await Commands.FreezeAsync(wish, caller, CancellationToken.None))
            {
                case BulkOutcome.Taken taken:
                    Navigation.NavigateTo($"/jobs/bulk/{taken.Bulk.Id}");
                    break;
                case BulkOutcome.Invalid invalid:
                    _error = string.Join(" ", invalid.Errors.SelectMany(e => e.Value));
                    break;
            }
        }
        finally
        {
            _busy = false;
        }
    }
}
