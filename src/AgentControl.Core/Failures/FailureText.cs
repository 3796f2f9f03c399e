using System.Text;
using System.Text.RegularExpressions;

namespace AgentControl.Core.Failures;

/// <summary>
/// What stays of an error message when its variable parts are taken out: addresses' ids, quoted words, times, paths, ids and numbers become
/// <c>…</c>. A status behind <c>HTTP</c>, <c>status</c>, <c>code</c> or <c>answered</c> stays, because it says what is wrong. The patterns take linear time
/// on any text.
/// </summary>
public static class FailureText
{
    /// <summary>Stands for a part that is another one in each failure.</summary>
    public const string Variable = "…";

    /// <summary>How much of a message tells one cause from another, in characters.</summary>
    public const int Compared = 2_000;

    /// <summary>Longest title, in characters.</summary>
    public const int LongestTitle = 200;

    /// <summary>A longer part of an address is an id.</summary>
    private const int LongestWord = 40;

    private const RegexOptions Linear =
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const string Quoted = "\"" + Variable + "\"";

    private static readonly Regex _address = new(@"\b[a-zA-Z][a-zA-Z0-9+.]{1,15}://[^\s""'<>“”]+", Linear);
    private static readonly Regex _quote = new(
        @"""[^""\r\n]*""|“[^”\r\n]*”|„[^“”\r\n]*[“”]|‘[^’\r\n]*’|«[^»\r\n]*»|`[^`\r\n]*`",
        Linear
    );
    private static readonly Regex _single = new(@"(^|[\s(\[{:=,])'[^'\r\n]*'", Linear);
    private static readonly Regex _time = new(
        @"\b\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?|\b\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\b",
        Linear
    );
    private static readonly Regex _uuid = new(
        @"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
        Linear
    );
    private static readonly Regex _path = new(
        @"\b[a-zA-Z]:\\[^\s""'<>|]+|(^|[\s(\[{:=,])~?/[^\s/:,;""'()]+(/[^\s/:,;""'()]*)+|[\w.\-]+(/[\w.\-]+)+\.[a-zA-Z]\w{0,4}\b",
        Linear
    );
    private static readonly Regex _status = new(
        @"\b(HTTP(/\d(\.\d)?)?|status ?(code)?|code|answered)[ :=(]{1,3}[1-5]\d\d\b",
        Linear | RegexOptions.IgnoreCase
    );
    private static readonly Regex _word = new(@"[+-]?\d+([.,]\d+)*\b|\w+", Linear);
    private static readonly Regex _row = new(
        $"({Quoted}|{Variable})((\\s*[,;]\\s*|\\s+)({Quoted}|{Variable}))+",
        Linear
    );
    private static readonly Regex _blank = new(@"[^\S\n]+", Linear);
    private static readonly Regex _lines = new(@" ?\n[\s]*", Linear);

    /// <summary>The message with its variable parts taken out, in lines; at most <see cref="Compared"/> characters are looked at.</summary>
    public static string Normalise(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var text = (message.Length <= Compared ? message : message[..Compared]).ReplaceLineEndings("\n");
        var result = new StringBuilder(text.Length);
        var from = 0;
        foreach (var kept in _address.Matches(text).Concat(_status.Matches(text)).OrderBy(m => m.Index))
        {
            if (kept.Index < from)
                continue;
            result.Append(Plain(text[from..kept.Index]));
            result.Append(kept.Value.Contains("://", StringComparison.Ordinal) ? Address(kept.Value) : kept.Value);
            from = kept.Index + kept.Length;
        }
        var whole = result.Append(Plain(text[from..])).ToString();
        whole = _lines.Replace(_blank.Replace(whole, " "), "\n").Trim();
        return _row.Replace(whole, Variable);
    }

    /// <summary>One line that names the cause to people; the failure's type where the message says nothing.</summary>
    public static string Title(string type, string message)
    {
        var line = Normalise(message).Split('\n', 2)[0];
        if (line.Length == 0 || line == Variable)
            line = line.Length == 0 ? type : $"{type}: {line}";
        return line.Length <= LongestTitle ? line : line[..(LongestTitle - 1)].TrimEnd() + "…";
    }

    /// <summary>A step's name without its count and without what is another one in each job.</summary>
    /// <param name="keyOrName">A key such as <c>doc-12/extract#3</c>, or a name.</param>
    public static string Step(string keyOrName)
    {
        ArgumentNullException.ThrowIfNull(keyOrName);
        var name = keyOrName[(keyOrName.LastIndexOf('/') + 1)..];
        var count = name.LastIndexOf('#');
        if (count > 0 && name[(count + 1)..].All(char.IsAsciiDigit))
            name = name[..count];
        return Normalise(name);
    }

    /// <summary>What is neither an address nor a status.</summary>
    private static string Plain(string text)
    {
        text = _quote.Replace(text, Quoted);
        text = _single.Replace(
            text,
            match => match.Value[..match.Value.IndexOf('\'', StringComparison.Ordinal)] + Quoted
        );
        text = _uuid.Replace(text, Variable);
        text = _time.Replace(text, Variable);
        text = _path.Replace(text, Path);
        return _word.Replace(text, Word);
    }

    // Host and words of the path stay; what is behind ? or # does not.
    private static string Address(string text)
    {
        var end = text.IndexOfAny(['?', '#']);
        var cut = end < 0 ? text : text[..end];
        var host = cut.IndexOf("://", StringComparison.Ordinal) + 3;
        var parts = cut[host..].Split('/');
        parts[0] = parts[0][(parts[0].LastIndexOf('@') + 1)..].Split(':')[0];
        for (var i = 1; i < parts.Length; i++)
            if ((parts[i].Any(char.IsDigit) && !IsVersion(parts[i])) || parts[i].Length > LongestWord)
                parts[i] = Variable;
        return cut[..host] + string.Join('/', parts) + (end < 0 ? "" : "?" + Variable);
    }

    /// <summary>The <c>v1</c> of an API.</summary>
    private static bool IsVersion(string part) =>
        part.Length is 2 or 3 && part[0] is 'v' or 'V' && part[1..].All(char.IsAsciiDigit);

    private static string Path(Match match) =>
        match.Value[0] is var first && (char.IsWhiteSpace(first) || "([{:=,".Contains(first, StringComparison.Ordinal))
            ? first + Variable
            : Variable;

    /// <summary>Numbers, hex and ids go; of a word that ends with a number the word stays.</summary>
    private static string Word(Match match)
    {
        var word = match.Value;
        if (!word.Any(char.IsDigit))
            return word;
        var letters = 0;
        while (letters < word.Length && (char.IsLetter(word[letters]) || word[letters] == '_'))
            letters++;
        return letters > 0 && word[letters..].All(char.IsDigit) && !IsHex(word) ? word[..letters] + Variable : Variable;
    }

    private static bool IsHex(string word) => word.Length >= 8 && word.All(char.IsAsciiHexDigit);
}
