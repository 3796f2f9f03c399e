using System.Globalization;
using System.Text;
using AgentControl.Core.Metrics;
using AgentControl.Engine.Metrics;

namespace AgentControl.Web.Metrics;

/// <summary>A panel's lines as shapes in a box that is one unit wide for each bucket and a hundred high.</summary>
internal sealed class TrendPlot
{
    public const int Height = 100;

    /// <summary>Between the names at the lines' ends, in hundredths of the height.</summary>
    private const double NameHeight = 12;
    private const double Headroom = 1.1;
    public const double LeastCompletionSpan = 0.1;
    private readonly TrendPanel panel;
    private readonly double low;
    private readonly double high;

    public TrendPlot(TrendPanel panel)
    {
        this.panel = panel;
        var values = panel.Lines.SelectMany(line => line.Points).Select(point => point.Value).OfType<double>().ToList();
        var bands = HasBand
            ? panel.Lines[0].Points.Where(point => point.Band is not null).Select(point => point.Band!).ToList()
            : [];
        if (panel.Metric == MetricWords.Completion)
        {
            high = 1;
            low = Math.Min(
                1 - LeastCompletionSpan,
                values.Concat(bands.Select(band => band.Low)).DefaultIfEmpty(0).Min()
            );
        }
        else
        {
            high = values.Concat(bands.Select(band => band.High)).DefaultIfEmpty(0).Max() * Headroom;
            high = high > 0 ? high : 1;
        }
    }

    public int Width => panel.Lines.Count == 0 ? 1 : Math.Max(1, panel.Lines[0].Points.Count);

    /// <summary>Bands of several lines would hide each other.</summary>
    private bool HasBand => panel.Lines.Count == 1;

    public string Highest => TrendWords.Value(panel.Metric, high);

    public string Lowest => TrendWords.Value(panel.Metric, low);

    /// <summary>The usual range as one shape, with a hole wherever it is not known.</summary>
    public string Band
    {
        get
        {
            var path = new StringBuilder();
            if (!HasBand)
                return "";
            foreach (var (first, points) in Runs(panel.Lines[0], point => point.Band is not null))
            {
                path.Append('M');
                for (var i = 0; i < points.Count; i++)
                    path.Append(Place(first + i, points[i].Band!.High))
                        .Append(' ')
                        .Append(Place(first + i + 1, points[i].Band!.High))
                        .Append(' ');
                for (var i = points.Count - 1; i >= 0; i--)
                    path.Append(Place(first + i + 1, points[i].Band!.Low))
                        .Append(' ')
                        .Append(Place(first + i, points[i].Band!.Low))
                        .Append(' ');
                path.Append('Z');
            }
            return path.ToString();
        }
    }

    /// <summary>The values that stand alone between two gaps: a line of one point would hardly be seen.</summary>
    public string Dots(MetricLine line)
    {
        var path = new StringBuilder();
        foreach (
            var (first, points) in Runs(line, point => point.Value is not null).Where(run => run.Points.Count == 1)
        )
            path.Append('M').Append(Place(first + 0.5, points[0].Value!.Value)).Append("h0.01");
        return path.ToString();
    }

    /// <summary>The line, broken where there is no value; a value alone between two gaps is a dot.</summary>
    public string Line(MetricLine line)
    {
        var path = new StringBuilder();
        foreach (var (first, points) in Runs(line, point => point.Value is not null))
        {
            path.Append('M').Append(Place(first + 0.5, points[0].Value!.Value));
            if (points.Count == 1)
                path.Append("h0.01");
            for (var i = 1; i < points.Count; i++)
                path.Append('L').Append(Place(first + i + 0.5, points[i].Value!.Value));
        }
        return path.ToString();
    }

    /// <summary>A bar for each value that is not zero.</summary>
    public string Bars(MetricLine line)
    {
        var path = new StringBuilder();
        for (var i = 0; i < line.Points.Count; i++)
        {
            if (line.Points[i].Value is > 0 and { } value)
                path.Append(
                    CultureInfo.InvariantCulture,
                    $"M{Text(i + 0.1)} {Height}V{Text(Down(value))}H{Text(i + 0.9)}V{Height}Z"
                );
        }
        return path.ToString();
    }

    /// <summary>The lines' names at their ends, from the top down, none over another.</summary>
    public IReadOnlyList<(MetricLine Line, int Index, double Top)> Names()
    {
        var named = panel
            .Lines.Select(
                (line, index) =>
                    (Line: line, Index: index, Last: line.Points.LastOrDefault(p => p.Value is not null)?.Value)
            )
            .Where(line => line.Last is not null)
            .Select(line => (line.Line, line.Index, Top: Down(line.Last!.Value)))
            .OrderBy(line => line.Top)
            .ToArray();
        for (var i = 1; i < named.Length; i++)
            named[i].Top = Math.Max(named[i].Top, named[i - 1].Top + NameHeight);
        for (var i = named.Length - 1; i >= 0; i--)
            named[i].Top = Math.Min(named[i].Top, Height - ((named.Length - 1 - i) * NameHeight));
        return named;
    }

    /// <summary>The spikes, each at its point that strays furthest.</summary>
    public IReadOnlyList<TrendSpike> Spikes() =>
        [
            .. panel.Lines.SelectMany(line =>
                line.Spikes.Select(spike =>
                {
                    var peak = spike.MaxBy(point => Math.Abs(point.Value!.Value - point.Band!.Usual))!;
                    var place = line.Points.Index().First(point => point.Item.At == peak.At).Index;
                    return new TrendSpike(
                        line,
                        spike[0].At,
                        spike[^1].At,
                        peak,
                        Text((place + 0.5) / Width * 100),
                        Text(Down(peak.Value!.Value))
                    );
                })
            ),
        ];

    private static IEnumerable<(int First, List<MetricPoint> Points)> Runs(MetricLine line, Func<MetricPoint, bool> has)
    {
        var open = new List<MetricPoint>();
        for (var i = 0; i <= line.Points.Count; i++)
        {
            if (i < line.Points.Count && has(line.Points[i]))
            {
                open.Add(line.Points[i]);
            }
            else if (open.Count > 0)
            {
                yield return (i - open.Count, open);
                open = [];
            }
        }
    }

    private string Place(double x, double value) => $"{Text(x)} {Text(Down(value))}";

    private double Down(double value) => Height * (1 - Math.Clamp((value - low) / (high - low), 0, 1));

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>A mark on the plot.</summary>
/// <param name="Last">Where its last bucket begins.</param>
/// <param name="Left">In hundredths of the width.</param>
/// <param name="Top">In hundredths of the height.</param>
internal sealed record TrendSpike(
    MetricLine Line,
    DateTimeOffset First,
    DateTimeOffset Last,
    MetricPoint Peak,
    string Left,
    string Top
);
