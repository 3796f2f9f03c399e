using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>
/// A real table for live lists. Each row is a component of its own and is drawn again only when its record differs, so a change of one row
/// costs one row. Rows are keyed by <see cref="RowKey"/>, never by place.
/// <code>
/// &lt;AcTable Rows="rows" RowKey="r =&gt; r.Id" Caption="Jobs" RowTestId="job-row" Class="ac-table--two ac-table--cards"&gt;
///   &lt;Head&gt;&lt;th scope="col"&gt;State&lt;/th&gt;&lt;/Head&gt;
///   &lt;RowTemplate Context="job"&gt;&lt;td&gt;…&lt;/td&gt;&lt;/RowTemplate&gt;
/// &lt;/AcTable&gt;
/// </code>
/// Classes: ac-table--compact (28 px rows), ac-table--two (48 px), ac-table--cards (cards on a phone; td takes data-card="line" or "none").
/// </summary>
public sealed partial class AcTable<TRow>
{
    [Parameter, EditorRequired]
    public IReadOnlyList<TRow> Rows { get; set; } = [];

    [Parameter, EditorRequired]
    public Func<TRow, object> RowKey { get; set; } = null!;

    /// <summary>The table's name for readers.</summary>
    [Parameter, EditorRequired]
    public string Caption { get; set; } = "";

    /// <summary>The th elements.</summary>
    [Parameter, EditorRequired]
    public RenderFragment? Head { get; set; }

    /// <summary>The td elements of one row.</summary>
    [Parameter, EditorRequired]
    public RenderFragment<TRow>? RowTemplate { get; set; }

    /// <summary>What a row shows besides its record, such as whether it is ticked; another value draws the row again.</summary>
    [Parameter]
    public Func<TRow, object?>? RowState { get; set; }

    [Parameter]
    public Func<TRow, string?>? RowClass { get; set; }

    [Parameter]
    public Func<TRow, string?>? RowId { get; set; }

    [Parameter]
    public Func<TRow, bool>? RowSelected { get; set; }

    /// <summary>Whether <see cref="RowDetail"/> stands below this row, across the table.</summary>
    [Parameter]
    public Func<TRow, bool>? HasDetail { get; set; }

    [Parameter]
    public RenderFragment<TRow>? RowDetail { get; set; }

    /// <summary>Each row is one stop of the keyboard: its link. Arrows lead to the other rows and to what else is in the row, which takes tabindex -1.</summary>
    [Parameter]
    public bool RowKeys { get; set; }

    /// <summary>How many columns the table has.</summary>
    [Parameter]
    public int DetailColumns { get; set; } = 1;

    [Parameter]
    public string? RowTestId { get; set; }

    [Parameter]
    public string? TestId { get; set; }

    [Parameter]
    public string? Class { get; set; }

    /// <summary>Shows the thin line of a refresh behind the present rows.</summary>
    [Parameter]
    public bool Refreshing { get; set; }
}
