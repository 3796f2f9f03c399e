using CsCheck;

namespace AgentControl.Engine.Tests.Execution.Programs;

/// <summary>What one line of a program does.</summary>
internal enum Deed
{
    Work,
    WorkUnderOwnKey,

    /// <summary>A step that fails for good, and code that catches it.</summary>
    Break,
    Keep,
    Recall,
    Choose,

    /// <summary>A step whose input is a derived id and the time.</summary>
    Derive,
    Nap,
    Say,
    Fork,
}

/// <summary>How a run is cut at a line, once.</summary>
internal enum Cut
{
    /// <summary>The worker is gone before the line.</summary>
    Death,

    /// <summary>The worker is gone between the line's effect and its record.</summary>
    DeathInStep,

    /// <summary>The code throws before the line.</summary>
    Throw,

    /// <summary>The line's step fails in passing.</summary>
    Stumble,
}

/// <summary>One line of a program; only a <see cref="Deed.Fork"/> has branches.</summary>
internal sealed record Line(Deed Deed, string Name, int Limit, IReadOnlyList<IReadOnlyList<Line>> Branches)
{
    /// <summary>Its place in the order of the code.</summary>
    public int No { get; set; }

    public bool HasEffect => Deed is Deed.Work or Deed.WorkUnderOwnKey or Deed.Break or Deed.Derive;

    public IEnumerable<Line> WithInner() => Branches.SelectMany(b => b).SelectMany(l => l.WithInner()).Prepend(this);

    public override string ToString() =>
        $"{No} {Deed} {Name}"
        + (Deed == Deed.Fork ? $"/{Limit} {{ {string.Join(" | ", Branches.Select(b => string.Join("; ", b)))} }}" : "");
}

/// <summary>A small agent as a tree of lines, and where its runs are cut.</summary>
internal sealed class RandomProgram
{
    private const int Depth = 3;
    private static readonly Gen<string> Names = Gen.OneOf("a", "b");

    private static readonly Gen<Line> Plain = Gen.Select(
        Gen.Frequency(
            (8, Deed.Work),
            (2, Deed.WorkUnderOwnKey),
            (2, Deed.Break),
            (2, Deed.Keep),
            (2, Deed.Recall),
            (2, Deed.Choose),
            (2, Deed.Derive),
            (2, Deed.Nap),
            (4, Deed.Say)
        ),
        Names,
        (deed, name) => new Line(deed, name, 0, [])
    );

    public static readonly Gen<RandomProgram> Any = Gen.Select(
            Lines(Depth).Array[2, 8],
            Gen.Select(Gen.Int[0, 24], Gen.Enum<Cut>()).Array[0, 4],
            (lines, cuts) => new RandomProgram(lines, cuts)
        )
        .Where(program => program.Count is >= 3 and <= 25);

    private RandomProgram(IReadOnlyList<Line> root, (int At, Cut How)[] cuts)
    {
        Root = root;
        var lines = root.SelectMany(l => l.WithInner()).ToList();
        foreach (var line in lines)
            line.No = Count++;
        Cuts = cuts.DistinctBy(c => c.At % Count)
            .ToDictionary(c => c.At % Count, c => lines[c.At % Count].HasEffect ? c.How : Outside(c.How));
    }

    public IReadOnlyList<Line> Root { get; }

    public int Count { get; }

    /// <summary>By the line's number.</summary>
    public IReadOnlyDictionary<int, Cut> Cuts { get; }

    public override string ToString() =>
        $"{string.Join("; ", Root)}\ncut at {string.Join(", ", Cuts.Select(c => $"{c.Key} by {c.Value}"))}";

    private static Cut Outside(Cut cut) =>
        cut switch
        {
            Cut.DeathInStep => Cut.Death,
            Cut.Stumble => Cut.Throw,
            _ => cut,
        };

    private static Gen<Line> Lines(int depth) =>
        depth == 0 ? Plain : Gen.Frequency<Line>((4, Plain), (1, Forks(Lines(depth - 1))));

    private static Gen<Line> Forks(Gen<Line> inner) =>
        Gen.Select(
            Names,
            Gen.Int[1, 4],
            inner.Array[1, 3].Array[1, 4],
            (name, limit, branches) => new Line(Deed.Fork, name, limit, branches)
        );
}
