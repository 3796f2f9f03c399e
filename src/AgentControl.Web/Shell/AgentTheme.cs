using MudBlazor;

namespace AgentControl.Web.Shell;

/// <summary>The components' theme, made of <see cref="Tokens"/>; which of both applies is the style sheet's matter, so it is right before the first paint.</summary>
internal static class AgentTheme
{
    private static readonly string[] _fonts = ["Atkinson Hyperlegible Next", "system-ui", "sans-serif"];

    public static MudTheme Value { get; } =
        new()
        {
            PaletteLight = Fill(new PaletteLight(), t => t.Light),
            PaletteDark = Fill(new PaletteDark(), t => t.Dark),
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px" },
            Typography = new Typography
            {
                Default = Fill(new DefaultTypography(), "14px", "400"),
                Body1 = Fill(new Body1Typography(), "14px", "400"),
                Body2 = Fill(new Body2Typography(), "13px", "400"),
                Button = Fill(new ButtonTypography(), "14px", "600"),
                Caption = Fill(new CaptionTypography(), "12px", "400"),
                Overline = Fill(new OverlineTypography(), "12px", "600"),
                Subtitle1 = Fill(new Subtitle1Typography(), "14px", "400"),
                Subtitle2 = Fill(new Subtitle2Typography(), "13px", "600"),
                H1 = Fill(new H1Typography(), "20px", "600"),
                H2 = Fill(new H2Typography(), "16px", "600"),
                H3 = Fill(new H3Typography(), "14px", "600"),
                H4 = Fill(new H4Typography(), "14px", "600"),
                H5 = Fill(new H5Typography(), "14px", "600"),
                H6 = Fill(new H6Typography(), "16px", "600"),
            },
        };

    private static T Fill<T>(T type, string size, string weight)
        where T : BaseTypography
    {
        type.FontFamily = _fonts;
        type.FontSize = size;
        type.FontWeight = weight;
        type.LineHeight = "1.43";
        type.LetterSpacing = "0";
        type.TextTransform = "none";
        return type;
    }

    private static T Fill<T>(T palette, Func<Token, string> of)
        where T : Palette
    {
        palette.Black = of(Tokens.Text);
        palette.White = of(Tokens.Surface);
        (palette.Primary, palette.PrimaryContrastText) = (of(Tokens.Accent), of(Tokens.OnAccent));
        (palette.Secondary, palette.SecondaryContrastText) = (of(Tokens.Grey), of(Tokens.OnHue));
        (palette.Tertiary, palette.TertiaryContrastText) = (of(Tokens.Violet), of(Tokens.OnHue));
        (palette.Info, palette.InfoContrastText) = (of(Tokens.Blue), of(Tokens.OnHue));
        (palette.Success, palette.SuccessContrastText) = (of(Tokens.Green), of(Tokens.OnHue));
        (palette.Warning, palette.WarningContrastText) = (of(Tokens.Amber), of(Tokens.OnHue));
        (palette.Error, palette.ErrorContrastText) = (of(Tokens.Red), of(Tokens.OnHue));
        (palette.Dark, palette.DarkContrastText) = (of(Tokens.Text), of(Tokens.Bg));
        (palette.TextPrimary, palette.TextSecondary, palette.TextDisabled) = (
            of(Tokens.Text),
            of(Tokens.Text2),
            of(Tokens.Text2)
        );
        (palette.ActionDefault, palette.ActionDisabled, palette.ActionDisabledBackground) = (
            of(Tokens.Text2),
            of(Tokens.Text2),
            of(Tokens.Sunken)
        );
        (palette.Background, palette.BackgroundGray, palette.Surface) = (
            of(Tokens.Bg),
            of(Tokens.Sunken),
            of(Tokens.Surface)
        );
        (palette.DrawerBackground, palette.DrawerText, palette.DrawerIcon) = (
            of(Tokens.Bg),
            of(Tokens.Text),
            of(Tokens.Text2)
        );
        (palette.AppbarBackground, palette.AppbarText) = (of(Tokens.Bg), of(Tokens.Text));
        (palette.LinesDefault, palette.LinesInputs, palette.TableLines) = (
            of(Tokens.Line),
            of(Tokens.Edge),
            of(Tokens.Line)
        );
        (palette.TableStriped, palette.TableHover) = ("#00000000", of(Tokens.Raised));
        (palette.Divider, palette.DividerLight, palette.Skeleton) = (of(Tokens.Line), of(Tokens.Line), of(Tokens.Line));
        (palette.GrayDefault, palette.GrayDark, palette.GrayDarker) = (
            of(Tokens.Grey),
            of(Tokens.Grey),
            of(Tokens.Text)
        );
        (palette.GrayLight, palette.GrayLighter) = (of(Tokens.Edge), of(Tokens.Line));
        (palette.RippleOpacity, palette.RippleOpacitySecondary, palette.BorderOpacity) = (0, 0, 1);
        return palette;
    }
}
