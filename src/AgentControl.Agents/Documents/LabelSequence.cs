namespace AgentControl.Agents.Documents;

/// <summary>Tells a label from a number that a wrapped line happens to begin with: labels count up.</summary>
internal sealed class LabelSequence
{
    private int _number;
    private int _letter;

    /// <summary>True where the label goes on in its sequence, or stands where only a label can.</summary>
    public bool Takes(SectionLabel label, TextLine line, bool afterSentence)
    {
        var goesOn = label.Number == _number + 1;
        var taken = label.Style switch
        {
            LabelStyle.Named => line.AfterBlank || afterSentence,
            LabelStyle.Bracket => line.AfterBlank || afterSentence,
            LabelStyle.Letter => (line.AfterBlank || afterSentence)
                && (label.Number == 1 || label.Number == _letter + 1),
            LabelStyle.BareNumber => line.AfterBlank && (label.Number == 1 || goesOn),
            _ when label.Depth > 1 => line.AfterBlank || afterSentence || label.Number == _number,
            _ => line.AfterBlank || (goesOn && afterSentence),
        };
        if (taken && label.Style is LabelStyle.Number or LabelStyle.BareNumber)
        {
            _number = taken ? label.Number : _number;
        }
        else if (taken && label.Style == LabelStyle.Letter)
        {
            _letter = label.Number;
        }

        return taken;
    }
}
