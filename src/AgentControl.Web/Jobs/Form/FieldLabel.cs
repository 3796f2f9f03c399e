using System.Text;

namespace AgentControl.Web.Jobs.Form;

/// <summary>Turns a member's name into words: <c>commentEvery</c> is "Comment every".</summary>
internal static class FieldLabel
{
    public static string Of(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var letter = name[i];
            var starts = char.IsUpper(letter) && i > 0 && !char.IsUpper(name[i - 1]);
            if (letter is '_' or '-' or ' ' || starts)
                words.Append(' ');
            if (letter is not ('_' or '-' or ' '))
                words.Append(
                    i == 0 ? char.ToUpperInvariant(letter)
                    : starts ? char.ToLowerInvariant(letter)
                    : letter
                );
        }
        return words.ToString();
    }
}
