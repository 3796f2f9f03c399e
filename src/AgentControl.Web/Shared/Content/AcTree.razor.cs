using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>
/// A tree with one tab stop: arrows move and fold, letters jump, Enter selects (the browser moves the focus, see tree.js).
/// <code>
/// &lt;AcTree Items="roots" Key="n =&gt; n.Path" Text="n =&gt; n.Name" Children="n =&gt; n.Children" HasChildren="n =&gt; n.IsFolder"
///         Selected="@path" SelectedChanged="OpenAsync" Expanded="_open" ExpandedChanged="LoadChildrenAsync" Label="Files" /&gt;
/// </code>
/// </summary>
public sealed partial class AcTree<TItem>
{
    [Parameter, EditorRequired]
    public IReadOnlyList<TItem> Items { get; set; } = [];

    [Parameter, EditorRequired]
    public Func<TItem, string> Key { get; set; } = null!;

    /// <summary>The item's name, also for jumping by letters.</summary>
    [Parameter, EditorRequired]
    public Func<TItem, string> Text { get; set; } = null!;

    /// <summary>The children known so far; null while they are not loaded.</summary>
    [Parameter, EditorRequired]
    public Func<TItem, IReadOnlyList<TItem>?> Children { get; set; } = null!;

    [Parameter, EditorRequired]
    public Func<TItem, bool> HasChildren { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The icon before the name; the second argument tells whether the item is open.</summary>
    [Parameter]
    public Func<TItem, bool, string>? Icon { get; set; }

    /// <summary>Drawn behind the name, such as a dot or a count.</summary>
    [Parameter]
    public RenderFragment<TItem>? After { get; set; }

    [Parameter]
    public string? Selected { get; set; }

    [Parameter]
    public EventCallback<TItem> SelectedChanged { get; set; }

    /// <summary>The keys of the open items; the tree changes this set and then raises <see cref="ExpandedChanged"/>.</summary>
    [Parameter]
    public ISet<string> Expanded { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>An item was opened or closed; load its children here.</summary>
    [Parameter]
    public EventCallback<TItem> ExpandedChanged { get; set; }

    [Parameter]
    public string? TestId { get; set; }

    internal bool IsOpen(TItem item) => Expanded.Contains(Key(item));

    internal async Task FoldAsync(TItem item)
    {
        if (!Expanded.Remove(Key(item)))
        {
            Expanded.Add(Key(item));
        }

        await ExpandedChanged.InvokeAsync(item);
        StateHasChanged();
    }

    internal Task SelectAsync(TItem item) => SelectedChanged.InvokeAsync(item);
}
