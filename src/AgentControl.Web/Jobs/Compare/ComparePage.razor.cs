using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>Two runs beside each other: facts, input, output and steps. All of it is in the URL.</summary>
public sealed partial class ComparePage
{
    private Comparison? _shown;
    private JobView? _one;
    private IReadOnlyList<CompareOffer> _offers = [];
    private IReadOnlyList<string> _problems = [];
    private bool _drawn;
    private string? _typedA;
    private string? _typedB;

    [SupplyParameterFromQuery(Name = "a")]
    private string? A { get; set; }

    [SupplyParameterFromQuery(Name = "b")]
    private string? B { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Which { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private string? PageNo { get; set; }

    [Inject]
    private CompareReader Reader { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override object LoadKey => Address;

    private CompareAddress Address => CompareAddress.Of(A, B, Which, PageNo);

    private string Title => _shown is { } shown ? $"{shown.A.Name} and {shown.B.Name} – Compare" : "Compare runs";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var address = Address;
        var a = await Reader.FindAsync(address.A, cancellationToken);
        var b = await Reader.FindAsync(address.B, cancellationToken);
        var problems = new List<string>();
        if (address.A is not null && a is null)
            problems.Add(Missing(address.A));
        if (address.B is not null && b is null)
            problems.Add(Missing(address.B));
        if (a is not null && a.Id == b?.Id)
        {
            problems.Add("Both are the same run. Choose another one.");
            b = null;
        }
        (_problems, _shown, _offers, _one) = (problems, null, [], a ?? b);
        if (a is not null && b is not null)
        {
            var (pairs, isCut) = await Reader.StepsAsync(a.Id, b.Id, cancellationToken);
            _shown = Comparison.Of(a, b, pairs, isCut, address);
        }
        else if (_one is not null)
            _offers = await Reader.OffersAsync(_one, cancellationToken);
        Show(ref _drawn, !_drawn);
    }

    // The one that is known stays on its side.
    private string With(string other) =>
        _one is not null && Address.A is null
            ? new CompareAddress(other, _one.ShortId).Href
            : new CompareAddress(_one?.ShortId, other).Href;

    private void Choose()
    {
        var other = string.IsNullOrWhiteSpace(_typedB) ? null : _typedB.Trim();
        Navigation.NavigateTo(
            _one is not null && other is not null ? With(other)
            : _one is not null ? new CompareAddress(_one.ShortId, null).Href
            : CompareAddress.Of(_typedA, other, null, null).Href
        );
    }

    private static string Missing(string id) =>
        $"No job {OddCharacters.Shown(id.Length > 60 ? id[..60] + "…" : id)}. It may belong to a workspace that you cannot see, or the id was cut.";
}
