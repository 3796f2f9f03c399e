namespace AgentControl.Engine.Tests.Execution.Programs;

/// <summary>What a program comes to where nothing ever goes wrong: no engine, no journal, no time.</summary>
internal sealed class ProgramModel
{
    private readonly Dictionary<string, int> kept = new(StringComparer.Ordinal);

    private ProgramModel() { }

    public string Output { get; private set; } = "";

    /// <summary>What the journal must hold, by the rules of ENGINE.md.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>The keys of steps with an effect, by the line's number.</summary>
    public Dictionary<int, string> Effects { get; } = [];

    public List<string> Words { get; } = [];

    public static ProgramModel Of(RandomProgram program)
    {
        var model = new ProgramModel();
        model.Output = model.Run(program.Root, "", "", "");
        return model;
    }

    /// <param name="scope">The beginning of the keys.</param>
    /// <param name="block">Tells the stashes of one branch from those of another.</param>
    /// <param name="seen">What the branch has come to so far: every step's input.</param>
    private string Run(IReadOnlyList<Line> lines, string scope, string block, string seen)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int Count(string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
        string Key(string name) => $"{scope}{name}#{Count(name)}";
        void Acts(Line line, string key)
        {
            Keys.Add(key);
            Effects[line.No] = key;
        }
        foreach (var line in lines)
        {
            switch (line.Deed)
            {
                case Deed.Work:
                    Acts(line, Key(line.Name));
                    seen += $"{line.Name}{seen.Length} ";
                    break;
                case Deed.WorkUnderOwnKey:
                    Acts(line, $"item:{line.No}");
                    seen += $"{line.Name}{seen.Length} ";
                    break;
                case Deed.Break:
                    Acts(line, Key(line.Name));
                    seen += $"broken{line.No} ";
                    break;
                case Deed.Derive:
                    Acts(line, Key("derived"));
                    seen += "derived ";
                    break;
                case Deed.Keep:
                    Keys.Add(Key($"stash:{line.Name}{block}"));
                    kept[line.Name + block] = seen.Length;
                    break;
                case Deed.Recall:
                    Keys.Add(Key($"recall:{line.Name}{block}"));
                    seen += $"kept{kept.GetValueOrDefault(line.Name + block)} ";
                    break;
                case Deed.Choose:
                    if (Count($"version:{line.Name}") == 1)
                        Keys.Add($"{scope}version:{line.Name}");
                    seen += $"{line.Name}{ProgramRun.Version} ";
                    break;
                case Deed.Nap:
                    Keys.Add(Key("sleep"));
                    break;
                case Deed.Say:
                    Words.Add(ProgramRun.Word(line));
                    break;
                case Deed.Fork:
                    var count = Count(line.Name);
                    seen +=
                        $"[{string.Join("|", line.Branches.Select((b, i) => Run(b, $"{scope}{line.Name}#{count}[{i}]/", $"@{line.No}.{i}", $"{i} ")))}] ";
                    break;
            }
        }
        return seen;
    }
}
