using System.Globalization;

namespace AgentControl.Core.Tests.Documents;

/// <summary>Right, wrong and missed findings of one field over several documents.</summary>
internal sealed class FieldScore(string field)
{
    private readonly List<string> _mistakes = [];
    private int _right;
    private int _wrong;
    private int _missed;

    public double Precision => _right + _wrong == 0 ? 1 : (double)_right / (_right + _wrong);

    public double Recall => _right + _missed == 0 ? 1 : (double)_right / (_right + _missed);

    /// <summary>Each true finding may be met by one found finding.</summary>
    public void Add<TFound, TTrue>(
        string document,
        IEnumerable<TFound> found,
        IEnumerable<TTrue> truth,
        Func<TFound, TTrue, bool> same
    )
    {
        var open = truth.ToList();
        foreach (var finding in found)
        {
            var index = open.FindIndex(t => same(finding, t));
            if (index >= 0)
            {
                open.RemoveAt(index);
                _right++;
            }
            else
            {
                _wrong++;
                _mistakes.Add($"{document}: not in the key: {finding}");
            }
        }

        _missed += open.Count;
        _mistakes.AddRange(open.Select(t => $"{document}: missed: {t}"));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{field}: precision {Precision:0.00}, recall {Recall:0.00}\n  ")
        + string.Join("\n  ", _mistakes.Select(m => m.ReplaceLineEndings(" ")));
}
