namespace AgentControl.Web.Approvals;

public enum DiffKind
{
    Same,
    Removed,
    Added,

    /// <summary>Unchanged lines that are left out.</summary>
    Folded,
}

/// <param name="Count">How many lines a folded one stands for.</param>
public sealed record DiffLine(DiffKind Kind, string Text, int Count = 1);

/// <summary>What a person changed, line by line.</summary>
internal static class LineDiff
{
    /// <summary>Unchanged lines kept beside a change.</summary>
    private const int Context = 3;

    /// <summary>Above this many comparisons the middle is shown as replaced.</summary>
    private const long MostCells = 4_000_000;

    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var old = Lines(before);
        var now = Lines(after);
        var head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head])
            head++;
        var tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;
        var middle = Middle(old[head..^tail], now[head..^tail]);
        return
        [
            .. old[..head].Select(t => new DiffLine(DiffKind.Same, t)),
            .. middle,
            .. old[^tail..].Select(t => new DiffLine(DiffKind.Same, t)),
        ];
    }

    /// <summary>Groups of changed lines: what "3 changes" counts.</summary>
    public static int Changes(IReadOnlyList<DiffLine> lines) =>
        lines.Where((line, i) => line.Kind != DiffKind.Same && (i == 0 || lines[i - 1].Kind == DiffKind.Same)).Count();

    /// <summary>Leaves out unchanged lines that stand far from a change.</summary>
    public static IReadOnlyList<DiffLine> Fold(IReadOnlyList<DiffLine> lines)
    {
        var near = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Kind == DiffKind.Same)
                continue;
            for (var j = Math.Max(0, i - Context); j <= Math.Min(lines.Count - 1, i + Context); j++)
                near[j] = true;
        }
        var folded = new List<DiffLine>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (near[i])
                folded.Add(lines[i]);
            else if (folded is [.., { Kind: DiffKind.Folded } last])
                folded[^1] = last with { Count = last.Count + 1 };
            else
                folded.Add(new DiffLine(DiffKind.Folded, ""));
        }
        return folded;
    }

    private static List<DiffLine> Middle(string[] old, string[] now)
    {
        var lines = new List<DiffLine>();
        if ((long)old.Length * now.Length > MostCells)
        {
            lines.AddRange(old.Select(t => new DiffLine(DiffKind.Removed, t)));
            lines.AddRange(now.Select(t => new DiffLine(DiffKind.Added, t)));
            return lines;
        }
        var common = Common(old, now);
        int i = 0,
            j = 0;
        while (i < old.Length || j < now.Length)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                lines.Add(new(DiffKind.Same, old[i++]));
                j++;
            }
            else if (j >= now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(new(DiffKind.Removed, old[i++]));
            }
            else
            {
                lines.Add(new(DiffKind.Added, now[j++]));
            }
        }
        return lines;
    }

    /// <summary>Length of the longest common row of lines from each place on.</summary>
    private static int[,] Common(string[] old, string[] now)
    {
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        for (var j = now.Length - 1; j >= 0; j--)
            common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        return common;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');
}
