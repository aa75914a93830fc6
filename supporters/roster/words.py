"""The words that people write above their columns, in English, Spanish, French and Arabic."""

from __future__ import annotations

from .text import fold, listed

FIXED_NAMES: dict[str, tuple[str, ...]] = {
    "identity": (
        "id", "no", "nr", "number", "own number", "roster number", "staff number", "member number",
        "id number",
        "member id", "supporter id", "supporter number", "reference", "ref", "code", "person id", "key",
        "número", "núm", "identificador", "código", "referencia", "número de socio",
        "numéro", "n°", "identifiant", "matricule", "référence", "numéro d'adhérent",
        "رقم", "الرقم", "المعرف", "رقم العضو", "الرقم التعريفي",
    ),
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "work email", "mail address",
        "correo", "correo electrónico", "dirección de correo", "dirección de correo electrónico",
        "courriel", "adresse mail", "adresse e-mail", "adresse email", "adresse électronique", "mél",
        "البريد", "البريد الإلكتروني", "بريد إلكتروني", "الإيميل", "ايميل",
    ),
    "name": (
        "name", "full name", "name to use", "preferred name", "display name", "first name", "given name",
        "supporter", "supporter name", "name of supporter", "peer supporter", "known as", "called",
        "nombre", "nombre completo", "nombre y apellidos", "nombre preferido",
        "nom", "prénom", "nom complet", "nom et prénom", "prénom et nom", "nom d'usage", "prénom d'usage",
        "الاسم", "اسم", "الاسم الكامل", "الاسم الأول", "الاسم المفضل",
    ),
    "pronouns": (
        "pronouns", "pronoun", "preferred pronouns", "pronombres", "pronombre", "pronoms", "pronom",
        "الضمائر", "الضمير", "ضمائر",
    ),
    "title": (
        "title", "job title", "role", "position", "role title", "puesto", "cargo", "rol", "función",
        "título del puesto", "titre", "poste", "fonction", "rôle", "intitulé du poste",
        "المسمى الوظيفي", "الوظيفة", "المنصب", "الدور",
    ),
    "phone": (
        "phone", "telephone", "mobile", "cell", "phone number", "telephone number", "mobile number",
        "mobile phone",
        "cell phone", "tel", "whatsapp", "teléfono", "móvil", "celular", "número de teléfono",
        "teléfono móvil",
        "téléphone", "portable", "numéro de téléphone", "téléphone portable", "tél",
        "الهاتف", "هاتف", "رقم الهاتف", "الجوال", "رقم الجوال", "الموبايل", "المحمول",
    ),
    "story": (
        "story", "own story", "my story", "about me", "about", "bio", "biography", "introduction",
        "in own words",
        "historia", "mi historia", "sobre mí", "presentación", "biografía",
        "histoire", "mon histoire", "à propos", "à propos de moi", "présentation", "biographie",
        "قصتي", "القصة", "نبذة", "نبذة عني", "عني", "السيرة",
    ),
    "languages": (
        "languages", "language", "spoken languages", "languages spoken", "language s",
        "idiomas", "idioma", "lenguas", "lengua", "idiomas hablados", "langues", "langue",
        "langues parlées",
        "اللغات", "اللغة", "لغات", "اللغات المحكية",
    ),
    "area": (
        "area", "areas", "region", "district", "neighbourhood", "neighborhood", "borough", "county",
        "city", "town",
        "location", "place", "state", "province", "zona", "área", "región", "barrio", "ciudad", "municipio",
        "provincia", "localidad", "zone", "région", "quartier", "ville", "commune", "secteur", "lieu",
        "المنطقة", "منطقة", "المدينة", "مدينة", "الحي", "المحافظة",
    ),
    "max_people": (
        "max people", "maximum people", "max", "maximum", "capacity", "how many people",
        "how many people at most",
        "maximum number of people", "people at most", "max matches", "places", "caseload",
        "capacidad", "máximo", "máximo de personas", "cuántas personas", "capacité", "nombre maximum",
        "nombre maximum de personnes", "nombre de personnes", "combien de personnes",
        "السعة", "الحد الأقصى", "عدد الأشخاص", "العدد الأقصى",
    ),
    "birth_year": (
        "birth year", "year of birth", "born", "yob", "date of birth", "birth date", "birthday", "dob",
        "año de nacimiento", "fecha de nacimiento", "nacimiento", "année de naissance", "date de naissance",
        "naissance", "né en", "سنة الميلاد", "تاريخ الميلاد", "سنة الولادة", "تاريخ الولادة",
    ),
    "age": (
        "age", "age years", "age in years", "years old", "current age", "edad", "edad años", "âge",
        "العمر", "السن", "عمر",
    ),
}  # fmt: skip

# Starts of words, folded. A column that may tell of somebody's health is never mapped by us.
HEALTH_STEMS = tuple(
    fold(stem)
    for stem in listed("""
        diagnos treatment treated medicat medicin hospital symptom disorder illness disease psychiatr
    psycholog therap
        suicid selfharm relaps prescri dosage addict substanc disab depress anxi bipolar schizo psychos
    psychot trauma
        diagnóst tratam medicam síntoma trastorno enferm psiquiatr psicolog terap suicidi recaída adicci
    discapac
    ansiedad depresi ingresos
        traitem médic hôpital hospitalis maladi psychiatri psycholo thérap rechut ordonnanc addiction
    handicap dépress
    anxié
    تشخيص علاج دواء أدوية مستشفى أعراض مرض أمراض اضطراب نفسي طبيب انتحار إدمان إعاقة اكتئاب قلق
    """)
)
HEALTH_PHRASES = tuple(
    fold(phrase)
    for phrase in (
        "family history", "mental health", "health history", "health condition", "health status", "medical",
        "work interfere", "work interference", "interferes with work", "interfere with work", "self harm",
        "sick leave", "health consequence", "care provider", "seek help",
        "antecedentes familiares", "historia familiar", "salud mental", "estado de salud",
        "interfiere en el trabajo",
        "interferencia laboral", "interferencia en el trabajo", "interfiere con el trabajo", "baja laboral",
        "antécédents familiaux", "antécédents", "santé mentale", "état de santé",
        "interfère avec le travail",
        "gêne au travail", "impact sur le travail", "trouble psychique", "troubles psychiques",
        "arrêt maladie",
        "التاريخ العائلي", "تاريخ عائلي", "الصحة النفسية", "الحالة الصحية", "التاريخ المرضي",
        "التأثير على العمل",
        "يؤثر على العمل", "تاريخ العائلة",
    )
)  # fmt: skip

# Somebody else's name or number stands in such a column.
OTHERS = frozenset(
    map(
        fold,
        listed("""emergency kin supervisor manager coordinator referee organisation organization employer
        company partner
        emergencia supervisora jefe urgence superviseur superviseuse responsable employeur organisme empresa
        organización coordinador coordinadora coordinateur coordinatrice الطوارئ طوارئ المشرف المشرفة المدير
        المنظمة user file"""),
    )
)
FILLERS = frozenset(
    map(
        fold,
        listed("""what is are your the of a an please my and or s in how do you which their su sus tu tus
        cual es el la los
                las de del por favor quel quelle est votre vos le les l d du ton ta optional required
        opcional facultatif
        ما هو هي"""),
    )
)

# Right words one letter from a name above: never a slip of the pen.
NOT_MISTYPED = frozenset(map(fold, listed("country counties stage page wage status")))
